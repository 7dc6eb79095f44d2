"""From config.yaml and the drivers' declarations: what devices there will be, with no hardware at hand."""
