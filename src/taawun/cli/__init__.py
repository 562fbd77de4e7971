"""The command line: `taawun …`. Each room's commands are a module of their own.

A command module has `app = typer.Typer()` (or one Typer per command word, see `app.COMMANDS`),
asks `options()` for home, language and form, and shows with `show`. Imports that cost anything
stand inside the functions: a command pays only for what it uses.
"""
