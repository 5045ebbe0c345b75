"""``cnnwalk study``: a command in each file; torch is loaded by their work."""

from __future__ import annotations

import typer

from cnnwalk.terminal.study.accuracy import accuracy
from cnnwalk.terminal.study.data import data
from cnnwalk.terminal.study.report import report
from cnnwalk.terminal.study.train import train
from cnnwalk.terminal.study.walk import walk

app = typer.Typer(
    help="The paper's study: how CNNs memorize.",
    no_args_is_help=True,
    rich_markup_mode=None,
)
app.command()(accuracy)
app.command()(data)
app.command()(train)
app.command()(report)
app.command()(walk)
