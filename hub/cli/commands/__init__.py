"""One module a command of the command line, each loaded when it is called."""
