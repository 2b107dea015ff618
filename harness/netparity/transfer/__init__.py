"""Does a classifier trained on one tool's features work on another's?"""
