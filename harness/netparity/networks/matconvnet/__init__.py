"""What MatConvNet's files have in common: its operations and conventions, in both directions.

A SimpleNN file lists a chain of layers, a DagNN file any graph of blocks; both have the same
operations. `blocks` turns a block into an operation of netparity, `lowering` a network into blocks.
"""
