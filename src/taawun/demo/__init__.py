"""The demonstration: the main job on made-up data, in a home of its own.

`shipped` says which made-up files there are, `story` goes through the job step by step with the
same functions that the commands use, and gives back what happened as values. The command line
prints them. Nothing here reads the clock or prints.
"""
