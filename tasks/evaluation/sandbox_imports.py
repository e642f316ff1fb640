"""Imports of the standard library by relative paths, from the folder that a process stands in.

An interpreter often stands where only root may look (`/root/.pyenv/…`). A process that has stood
in its library before it became an unprivileged user can still read it, as long as no path starts
at the root of the file system.
"""

import importlib.machinery
import os
import sys
import sysconfig
import types

_FOLDERS = [".", "./lib-dynload"]


class _Finder(importlib.machinery.FileFinder):
    def __init__(self, path: str) -> None:
        machinery = importlib.machinery
        super().__init__(
            path,
            (_ExtensionLoader, machinery.EXTENSION_SUFFIXES),
            (machinery.SourceFileLoader, machinery.SOURCE_SUFFIXES),
            (machinery.SourcelessFileLoader, machinery.BYTECODE_SUFFIXES),
        )
        self.path = path  # as it was given: the class makes it absolute


class _ExtensionLoader(importlib.machinery.ExtensionFileLoader):
    def create_module(self, spec: importlib.machinery.ModuleSpec) -> types.ModuleType:
        spec.origin = self.path
        return super().create_module(spec)


def stand_in_library() -> None:
    """Go to the standard library and import from there, and from nowhere else, from now on."""
    library = sysconfig.get_path("stdlib")
    os.chdir(library)
    for module in list(sys.modules.values()):  # packages loaded so far find more of themselves
        folders = [str(folder) for folder in getattr(module, "__path__", [])]
        if folders and all(folder.startswith(library + os.sep) for folder in folders):
            module.__path__ = ["." + folder.removeprefix(library) for folder in folders]
    sys.path_hooks.insert(0, _relative)
    sys.path_importer_cache.clear()
    sys.path[:] = _FOLDERS


def _relative(path: str) -> _Finder:
    if not path.startswith("."):
        raise ImportError(f"{path} is not in the standard library")
    return _Finder(path)
