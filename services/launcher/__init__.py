"""Starting a town on one machine: its stores out of wheels, its services beside, and nothing left when it ends."""

from services.launcher.children import Child
from services.launcher.homes import Home, HomeInUse, Stores
from services.launcher.places import client_programs
from services.launcher.problems import CannotStart, say
from services.launcher.stores import stores
from services.launcher.tree import up

__all__ = ["CannotStart", "Child", "Home", "HomeInUse", "Stores", "client_programs", "say", "stores", "up"]
