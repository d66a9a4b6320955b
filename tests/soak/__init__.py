"""Many generations in one process, with faults on the wire: is any lost, paid twice or kept?

The parts of ``scripts/soak.py``.
"""
