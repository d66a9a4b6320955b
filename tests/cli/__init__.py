"""The `wan` command, run for real against sandboxes and scripted servers on this machine."""
