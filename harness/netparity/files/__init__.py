"""The kinds of file that weights come in, told apart from what they hold.

Every reader here takes files of strangers: it believes no declared size before the file was seen
to be that large, follows no link, runs nothing, and reads values only when they are asked for.
"""
