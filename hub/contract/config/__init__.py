"""config.yaml: `schema` says what may stand in it, `load` reads it and names every mistake with file and line."""
