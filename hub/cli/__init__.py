"""The command line and the supervisor: the composition root, which alone knows every room."""
