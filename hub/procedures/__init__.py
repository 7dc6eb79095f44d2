"""Procedures: steps done one after another. Pure: what happened and the time go in, what is to be done comes out."""
