"""The containers that weights and features come in: one reader for each.

Every reader here takes files of strangers: it believes no declared size before the file was seen
to be that large, follows no link, runs nothing, and reads values only when they are asked for.
What it finds are named arrays (`stored.Stored`); what they mean is said in `weights/formats` and
`features`. HDF5 is opened by a process of its own first (`hdf5_examination`).
"""
