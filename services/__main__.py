"""The command line `anzhen`."""

import click

from services.commands import accounts, backup, calendar, doctor, duties, keys, notices, restore, running, schema, trail


@click.group(help="安镇：乡镇工贸企业安全生产监管。")
def main() -> None:
    """`anzhen`, also as `python -m services`."""


for group in (running, schema, accounts, notices, duties, trail, keys, calendar, backup, restore, doctor):
    for command in group.COMMANDS:
        main.add_command(command)

if __name__ == "__main__":
    main(prog_name="anzhen")
