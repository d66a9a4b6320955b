"""The commands that submit, wait for and download generations."""
