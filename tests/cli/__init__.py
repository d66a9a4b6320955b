"""The `wan` command, run against sandboxes and scripted servers on this machine."""
