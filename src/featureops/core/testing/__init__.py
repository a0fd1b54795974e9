"""What becomes of tests when a flag goes: how they set it, which of them exist for the value that goes, and what is left
for a person. Written over shapes; the words of the languages' test libraries are data."""
