"""What becomes of tests when a flag goes: how they set it, which exist for the value that goes, what is left.

Written over shapes; the words of the languages' test libraries are data.
"""
