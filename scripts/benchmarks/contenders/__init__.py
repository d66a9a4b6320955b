"""The contenders, a module each: ``client``, ``poller``, ``apoller``, ``download``, as it can.

Each is imported in an environment of its own.
"""
