"""What is deployed: the command line, the served flows and their configurations."""
