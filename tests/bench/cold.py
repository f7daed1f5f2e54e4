"""Puts files out of the page cache, as if the PC had just been switched on, without touching anything else of the machine."""
import ctypes, mmap, os, pathlib, shutil, stat, subprocess

_libc = ctypes.CDLL(None, use_errno=True)
_libc.mmap.restype = ctypes.c_void_p
_libc.mmap.argtypes = [ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int, ctypes.c_int, ctypes.c_int, ctypes.c_long]
_libc.munmap.argtypes = [ctypes.c_void_p, ctypes.c_size_t]
_libc.mincore.argtypes = [ctypes.c_void_p, ctypes.c_size_t, ctypes.c_void_p]


def _files(paths):
    for path in map(pathlib.Path, paths):
        if path.is_file():
            yield str(path.resolve())
        for folder, _, names in os.walk(path):
            for name in names:
                yield os.path.join(folder, name)


def _resident(fd, size):
    """Bytes of the file that stayed: pages some running programme maps are not dropped."""
    at = _libc.mmap(None, size, mmap.PROT_READ, mmap.MAP_SHARED, fd, 0)
    if at in (None, ctypes.c_void_p(-1).value):
        return 0
    pages = (size + mmap.PAGESIZE - 1) // mmap.PAGESIZE
    seen = (ctypes.c_ubyte * pages)()
    _libc.mincore(at, size, seen)
    _libc.munmap(at, size)
    return sum(b & 1 for b in bytes(seen)) * mmap.PAGESIZE


def evict(paths):
    """Every regular file under the paths; returns how many MB would not go."""
    stayed = 0
    for name in _files(paths):
        try:
            fd = os.open(name, os.O_RDONLY | os.O_NONBLOCK | os.O_NOFOLLOW)
        except OSError:
            continue
        try:
            s = os.fstat(fd)
            if stat.S_ISREG(s.st_mode) and s.st_size:
                os.fdatasync(fd)  # what is not written yet cannot be dropped
                os.posix_fadvise(fd, 0, 0, os.POSIX_FADV_DONTNEED)
                if s.st_size >= 1 << 16:
                    stayed += _resident(fd, s.st_size)
        except OSError:
            pass
        finally:
            os.close(fd)
    return stayed / (1 << 20)


def own_libraries(folder, *programmes):
    """Copies of the libraries they are linked with, for LD_LIBRARY_PATH: the system's are mapped by half of the machine and never cold."""
    folder.mkdir(parents=True, exist_ok=True)
    for line in subprocess.run(["ldd", *programmes], stdout=subprocess.PIPE, text=True, check=True).stdout.splitlines():
        _, arrow, rest = line.partition("=> /")
        target = folder / line.split()[0] if arrow else None
        if target and not target.exists():
            shutil.copyfile(pathlib.Path("/" + rest.split()[0]), target)
    return folder
