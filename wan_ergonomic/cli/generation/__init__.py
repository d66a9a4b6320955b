"""The commands that submit, wait for, download and preview generations."""
