"""Which values schemas accept: one value, all that another one accepts, a few samples."""
