"""A process that dies at a chosen step of its work on files, and a disk that loses its power.

A step is what changes or secures a file: open for writing, fsync, rename, remove, make a folder.
Death comes before a step, and nothing after it reaches the disk, so that no `finally` can help.

Without power, bytes are lost that no fsync has brought to the disk. Names in a folder that no fsync
has brought there are lost, or were written down in their order by chance up to some point; a file
that was moved is in the one folder or in the other, as every file system with a journal has it.
"""

import copy
import io
import os
import random
import warnings

STEPS = ("replace", "rename", "unlink", "remove", "rmdir", "mkdir", "fsync")


class Death(BaseException):
    """The end of the process, which no handler of errors takes."""


class Last:
    """Chooses the last."""

    def choice(self, options):
        return options[-1]


class Disk:
    """What has reached the disk under a folder, and the steps taken there.

    Parameters
    ----------
    root : Path
        All that lies there at first is on the disk.
    dies_at : int, optional
        The step, counted from 0, before which the process dies.
    torn : bool
        Whether death before an fsync leaves half of what was written.
    """

    def __init__(self, root, dies_at=None, torn=False):
        self.root, self.dies_at, self.torn = root, dies_at, torn
        self.steps, self.unsafe, self.dead = [], [], False
        self.content, self.names, self.held = {}, {}, []  # by inode
        self.moved, self.later = [], []  # since they were on the disk: files, all names
        for at, _, files in os.walk(root):
            self._names_reach_the_disk(at)
            for name in files:
                self._content_reaches_the_disk(os.path.join(at, name))

    def run(self, call):
        """Do the work until it ends or dies; return whether it came to its end."""
        real = {name: getattr(os, name) for name in STEPS}
        opened = io.open

        def step(name, path=None):
            if self.dead:
                raise Death
            if len(self.steps) == self.dies_at:
                self.dead = True
                if self.torn and name == "fsync" and os.path.isfile(path):
                    sure = len(self.content.get(os.stat(path).st_ino, b""))
                    os.truncate(path, (sure + os.path.getsize(path)) // 2)
                raise Death
            self.steps.append((name, str(path)))

        def patched(name):
            def do(first, *rest, **named):
                path = os.readlink(f"/proc/self/fd/{first}") if name == "fsync" else first
                step(name, path)
                if name in ("replace", "rename"):
                    self._require_safe(os.fspath(first))
                    self._note_move(os.fspath(first), os.fspath(rest[0]))
                result = real[name](first, *rest, **named)
                if name != "fsync":
                    self.later.append(self._all_names())
                if name == "fsync":
                    reached = self._names_reach_the_disk if os.path.isdir(path) else None
                    (reached or self._content_reaches_the_disk)(path)
                return result

            return do

        def watched(file, mode="r", *rest, **named):
            if set(mode) & set("wax+"):
                step("open", file)
            return opened(file, mode, *rest, **named)

        for name in STEPS:
            setattr(os, name, patched(name))
        io.open = watched
        try:
            call()
        except Death:
            return False
        finally:
            for name in STEPS:
                setattr(os, name, real[name])
            io.open = opened
        return True

    def _content_reaches_the_disk(self, path):
        with open(path, "rb") as file:
            self.content[os.fstat(file.fileno()).st_ino] = file.read()
            self.held.append(os.dup(file.fileno()))  # else its inode might be given to another

    def _names_reach_the_disk(self, path):
        opened = os.open(path, os.O_RDONLY)
        self.held.append(opened)
        folder = os.fstat(opened).st_ino
        self.names[folder] = self._names_in(path)
        for move in [move for move in self.moved if folder in (move[0], move[2])]:
            source, name, target, new_name, child = move
            if folder == target and self.names.get(source, {}).get(name) == child:
                del self.names[source][name]
            if folder == source:
                self.names.setdefault(target, {})[new_name] = child
            self.moved.remove(move)
        self.later.clear()

    def _note_move(self, source, target):
        child = os.stat(source)
        child = (child.st_ino, os.path.isdir(source))
        folders = [os.stat(os.path.dirname(path)).st_ino for path in (source, target)]
        names = [os.path.basename(path) for path in (source, target)]
        self.moved.append((folders[0], names[0], folders[1], names[1], child))

    def _all_names(self):
        return {os.stat(at).st_ino: self._names_in(at) for at, _, _ in os.walk(self.root)}

    def _names_in(self, path):
        with os.scandir(path) as found:
            return {entry.name: (entry.inode(), entry.is_dir()) for entry in found}

    def _require_safe(self, source):
        """Note what gets a name and is not on the disk."""
        files = [source] if os.path.isfile(source) else []
        for at, _, names in os.walk(source):
            files += [os.path.join(at, name) for name in names]
            if self.names.get(os.stat(at).st_ino) != self._names_in(at):
                self.unsafe.append(f"names in {at}")
        for path in files:
            with open(path, "rb") as file:
                if self.content.get(os.fstat(file.fileno()).st_ino) != file.read():
                    self.unsafe.append(path)

    def after_loss_of_power(self, target, rng=None):
        """Write down what a loss of power leaves; `rng` chooses the names beyond the sure ones."""
        names = self.names
        if rng is not None and self.later:
            names = {**copy.deepcopy(names), **rng.choice(self.later)}

        def write(inode, to):
            to.mkdir()
            for name, (child, is_folder) in names.get(inode, {}).items():
                if is_folder:
                    write(child, to / name)
                else:
                    (to / name).write_bytes(self.content.get(child, b""))

        write(self.root.stat().st_ino, target)
        return target

    def close(self):
        for opened in self.held:
            os.close(opened)


def deaths(prepare, work, tmp_path, power=False, in_turn=False):
    """Yield, for each step of some work, the folder that a death before it leaves.

    Parameters
    ----------
    prepare : callable
        Fills a new folder.
    work : callable
        Gets that folder.
    power : bool
        Whether the power fails as well; then each step is tried with the names that were secured,
        with all of them, and with some by chance.
    in_turn : bool
        Whether each step is tried in one of these three ways, where all would take long.
    """
    step, ended = 0, False
    while not ended:
        root = tmp_path / f"{step}"
        root.mkdir()
        prepare(root)
        disk = Disk(root, step, torn=not power)
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                ended = disk.run(lambda root=root: work(root))
            assert not disk.unsafe, f"got a name before it was on the disk: {disk.unsafe}"
            if power:
                ways = [None, Last(), random.Random(step)]
                for i, rng in enumerate([ways[step % 3]] if in_turn else ways):
                    yield disk.after_loss_of_power(tmp_path / f"{step}.{i}", rng), ended
            else:
                yield root, ended
        finally:
            disk.close()
        step += 1
