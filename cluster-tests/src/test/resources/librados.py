"""Drives librados through python3-rados and compares with what Ceph 16.2.15 answers (on BlueStore: its MemStore hangs at a range of keys that ends before it begins); the last line says so."""
import ctypes
import os
import struct as binary
import subprocess
import sys
import tempfile
import time

import rados

cluster = rados.Rados(conffile=os.environ["CEPH_CONF"])
cluster.connect()
io = cluster.open_ioctx(sys.argv[1])


def errno(call):
    try:
        call()
        return 0
    except rados.Error as e:
        return abs(getattr(e, "errno", 0) or 0)
    except OSError as e:
        return e.errno


def write(*steps, oid="compound", flags=0):
    with rados.WriteOpCtx() as op:
        for step in steps:
            step(op)
        io.operate_write_op(op, oid, 0, flags)


def expect(what, got, wanted):
    if got != wanted:
        print("WRONG %s: %r, Ceph answers %r" % (what, got, wanted))
        sys.exit(1)


def eventually(what, happened):
    until = time.monotonic() + 120
    while not happened():
        expect("%s within two minutes" % what, time.monotonic() < until, True)
        time.sleep(0.1)


def data():
    io.write_full("a", b"hello world")
    expect("read at offset", io.read("a", 5, 6), b"world")
    io.write("a", b"XX", 3)
    io.append("a", b"YY")
    expect("after write and append", io.read("a"), b"helXX worldYY")
    io.trunc("a", 4)
    io.trunc("a", 10)
    expect("after truncate", io.read("a"), b"helX" + b"\0" * 6)
    io.writesame("same", b"ab", 8, 2)
    expect("writesame", io.read("same"), b"\0\0abababab")
    expect("writesame of no multiple", errno(lambda: io.writesame("same", b"abc", 8)), 22)
    expect("beyond the largest object", errno(lambda: io.write("a", b"x", 128 << 20)), 27)
    expect("name too long", errno(lambda: io.write_full("x" * 2049, b"")), 36)
    expect("xattr name too long", errno(lambda: io.set_xattr("a", "z" * 257, b"1")), 36)
    expect("trunc of nobody", errno(lambda: io.trunc("nobody", 5)), 0)
    for call in (io.read, io.stat, io.remove_object, lambda o: list(io.get_xattrs(o)), lambda o: io.get_xattr(o, "k")):
        expect("nobody", errno(lambda: call("nobody")), 2)
    expect("no such xattr", errno(lambda: io.get_xattr("a", "none")), 61)


def attributes():
    """Values far longer than what file systems take, and whatever an object's attributes go through: guards (in c_api), snapshots, copies, files of an export."""
    pool = sys.argv[1]
    values = {"x%d" % length: (b"%d." % length * length)[:length] for length in (0, 1, 65535, 65536, 65537, 300000)}
    longest = bytes(range(256)) * 4096
    everything = lambda oid: dict(io.get_xattrs(oid))
    for name, value in values.items():
        expect("setxattr of %d" % len(value), errno(lambda: io.set_xattr("attributes", name, value)), 0)
        expect("getxattr of %d" % len(value), io.get_xattr("attributes", name) == value, True)
    io.set_xattr("longest", "x", longest)
    expect("getxattrs", (everything("attributes") == values, everything("longest") == {"x": longest}), (True, True))
    io.create_snap("attributes")
    io.set_xattr("longest", "x", b"short")
    io.rm_xattr("attributes", "x65537")
    io.set_read(io.lookup_snap("attributes").snap_id)
    expect("as they were", (everything("attributes") == values, io.get_xattr("longest", "x") == longest), (True, True))
    io.set_read((1 << 64) - 2)
    expect("as they are", (len(everything("attributes")), io.get_xattr("longest", "x")), (len(values) - 1, b"short"))
    for oid in ("attributes", "longest"):
        io.snap_rollback(oid, "attributes")
        subprocess.run(["rados", "-p", pool, "cp", oid, oid + ".copy"], check=True)
    io.remove_snap("attributes")
    with tempfile.NamedTemporaryFile() as file:
        subprocess.run(["rados", "-p", pool, "export", file.name], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        for oid in ("attributes", "longest"):
            io.remove_object(oid)
        subprocess.run(["rados", "-p", pool, "import", file.name], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    for oid in ("attributes", "attributes.copy", "longest", "longest.copy"):
        expect(oid, everything(oid) == ({"x": longest} if oid.startswith("longest") else values), True)
        io.remove_object(oid)


def guards():
    write(lambda o: o.new(rados.LIBRADOS_CREATE_EXCLUSIVE), lambda o: o.write(b"abc"))
    expect("exclusive", errno(lambda: write(lambda o: o.new(rados.LIBRADOS_CREATE_EXCLUSIVE))), 17)
    write(
        lambda o: o.write_full(b"0123456789"),
        lambda o: o.append(b"ab"),
        lambda o: o.zero(2, 3),
        lambda o: o.truncate(11),
        lambda o: o.set_xattr("x", b"y"),
        lambda o: io.set_omap(o, ("k1", "k2", "k3"), (b"v1", b"v2", b"v3")),
    )
    expect("compound", io.read("compound"), b"012\0\0" + b"56789a")
    write(lambda o: o.omap_cmp("k1", "v1"), lambda o: o.write_full(b"one"))
    refused = errno(lambda: write(lambda o: o.write_full(b"two"), lambda o: o.omap_cmp("k1", "zz")))
    expect("omap-cmp", (refused, io.read("compound")), (125, b"one"))
    write(lambda o: o.omap_cmp("k1", "v0", rados.LIBRADOS_CMPXATTR_OP_GT), lambda o: o.write_full(b"three"))
    write(lambda o: o.cmpext(b"three", 0), lambda o: o.write_full(b"cmpext"))
    refused = errno(lambda: write(lambda o: o.cmpext(b"cmpXxt", 0), lambda o: o.write_full(b"no")))
    expect("cmpext", (refused, io.read("compound")), (4095 + 3, b"cmpext"))
    version = io.get_last_version()
    write(lambda o: o.assert_version(version), lambda o: o.set_xattr("v", b"1"))
    expect("old version", errno(lambda: write(lambda o: o.assert_version(version), lambda o: o.remove())), 34)
    expect("future version", errno(lambda: write(lambda o: o.assert_version(version + 9), lambda o: o.remove())), 75)
    expect("no such class", errno(lambda: write(lambda o: o.execute("nocls", "no", b""))), 1)


def omap(after="", prefix="", most=10):
    with rados.ReadOpCtx() as op:
        found, _ = io.get_omap_vals(op, after, prefix, most)
        io.operate_read_op(op, "compound")
        return list(found)


def omaps():
    expect("omap", omap(), [("k1", b"v1"), ("k2", b"v2"), ("k3", b"v3")])
    expect("omap page", omap("k1", "", 1), [("k2", b"v2")])
    expect("omap prefix", omap("", "k3"), [("k3", b"v3")])
    with rados.ReadOpCtx() as op:
        found, _ = io.get_omap_vals_by_keys(op, ("k1", "none"))
        io.operate_read_op(op, "compound")
        expect("omap by key", list(found), [("k1", b"v1")])
    write(lambda o: io.remove_omap_keys(o, ("k1", "none")))
    expect("omap after removal", omap(), [("k2", b"v2"), ("k3", b"v3")])
    write(io.clear_omap)
    expect("omap after clear", omap(), [])


def omap_guards():
    """Which order each compare asks for, what a key that is not there is worth, and ranges of keys."""
    put = lambda: write(lambda o: io.set_omap(o, ("a", "b", "c", "d"), (b"1", b"2", b"3", b"4")), oid="ranges")
    cmp = lambda key, value, how: errno(lambda: write(lambda o: o.omap_cmp(key, value, how), lambda o: o.append(b"x"), oid="ranges"))
    put()
    eq, ne, gt, gte, lt, lte = (getattr(rados, "LIBRADOS_CMPXATTR_OP_" + how) for how in ("EQ", "NE", "GT", "GTE", "LT", "LTE"))
    expect("lt", [cmp("b", value, lt) for value in ("1", "2", "3", "", "10", "20")], [125, 125, 0, 125, 125, 0])
    expect("gt", [cmp("b", value, gt) for value in ("1", "2", "3", "", "10", "20")], [0, 125, 125, 0, 0, 125])
    expect("others", [cmp("b", "2", how) for how in (eq, ne, gte, lte, 0, 9)], [0, 22, 22, 22, 22, 22])
    expect("a key that is not there", [cmp("none", value, how) for value in ("", "1") for how in (eq, lt, gt)], [0, 125, 125, 125, 0, 125])
    expect("an object that is not there", errno(lambda: write(lambda o: o.omap_cmp("k", "v", lt), lambda o: o.append(b"x"), oid="no ranges")), 2)
    expect("nothing of those refused", io.read("ranges"), b"x" * 8)
    ranges = (("b", "d", "ad"), ("b", "b", "abcd"), ("d", "b", "abcd"), ("", "c", "cd"), ("c", "z", "ab"), ("aa", "az", "abcd"), ("", "", "abcd"))
    for first, end, left in ranges:
        put()
        code = errno(lambda: write(lambda o: io.remove_omap_range2(o, first, end), oid="ranges"))
        with rados.ReadOpCtx() as op:
            found, _ = io.get_omap_keys(op, "", 10)
            io.operate_read_op(op, "ranges")
            expect("omap without %r to %r" % (first, end), (code, "".join(key for key, _ in found)), (0, left))
    expect("a range of nobody", errno(lambda: write(lambda o: io.remove_omap_range2(o, "a", "b"), oid="no ranges")), 2)


def locks():
    io.lock_exclusive("l", "lock", "c", "desc")
    expect("same lock", errno(lambda: io.lock_exclusive("l", "lock", "c", "desc")), 17)
    expect("other cookie", errno(lambda: io.lock_exclusive("l", "lock", "d", "desc")), 16)
    io.lock_exclusive("l", "lock", "c", "desc", 30, 1)
    io.unlock("l", "lock", "c")
    expect("not locked", errno(lambda: io.unlock("l", "lock", "c")), 2)
    io.lock_shared("l", "shared", "c", "tag")
    io.lock_shared("l", "shared", "d", "tag")
    expect("other tag", errno(lambda: io.lock_shared("l", "shared", "e", "tag2")), 16)
    began = time.monotonic()
    io.lock_exclusive("l", "short", "c", "desc", 2)
    refused = errno(lambda: io.lock_exclusive("l", "short", "d", "desc"))
    if time.monotonic() - began < 2:
        expect("not over yet", refused, 16)
    eventually("a lock that is over is another's", lambda: not refused or not errno(lambda: io.lock_exclusive("l", "short", "d", "desc")))
    expect("the first one's is gone", errno(lambda: io.unlock("l", "short", "c")), 2)
    io.unlock("l", "short", "d")


def watches():
    heard = []
    watch = io.watch("a", lambda notify_id, notifier, watch_id, payload: heard.append(payload))
    expect("notify", (io.notify("a", "ping", 10000), heard), (True, [b"ping"]))
    watch.close()
    expect("notify nobody", (io.notify("a", "pong", 10000), heard), (True, [b"ping"]))
    expect("watch nobody", errno(lambda: io.watch("nobody", print)), 2)


def many():
    writes = [io.aio_write_full("aio%d" % (i % 50), b"%06d" % i * 100) for i in range(400)]
    for each in writes:
        each.wait_for_complete()
    expect("aio results", {each.get_return_value() for each in writes}, {0})
    expect("aio order", [io.read("aio%d" % i, 6) for i in range(50)], [b"%06d" % (350 + i) for i in range(50)])
    io.set_namespace("space")
    io.write_full("n", b"1")
    expect("namespace", [o.key for o in io.list_objects()], ["n"])
    io.set_namespace("")
    expect("listing", sum(o.key.startswith("aio") for o in io.list_objects()), 50)


def flags():
    failok = lambda o: o.set_flags(rados.LIBRADOS_OP_FLAG_FAILOK)
    write(lambda o: o.remove(), failok, lambda o: o.append(b"y"), oid="failok")
    expect("a step that may fail", io.read("failok"), b"y")
    write(lambda o: o.append(b"z"), lambda o: o.omap_cmp("k", "v"), failok, oid="failok")
    expect("and is the last", io.read("failok"), b"yz")
    write(lambda o: o.append(b"!"), lambda o: o.write(b"", 0), oid="failok")
    expect("nothing behind something", io.read("failok"), b"yz!")
    io.set_locator_key("elsewhere")
    io.write_full("located", b"1")
    expect("with its key", io.read("located"), b"1")
    io.set_locator_key("")
    expect("without its key", errno(lambda: io.read("located")), 2)
    expect("listed with it", [o.key for o in io.list_objects() if o.key == "located"], ["located"])


def in_flight():
    block = bytes(range(256)) * 256
    writes = [io.aio_write_full("flight%d" % i, block) for i in range(500)]
    for each in writes:
        each.wait_for_complete()
    expect("500 writes", {each.get_return_value() for each in writes}, {0})
    found = []
    reads = [io.aio_read("flight%d" % i, len(block), 0, lambda done, data: found.append(data == block)) for i in range(500)]
    for each in reads:
        each.wait_for_complete_and_cb()
    expect("500 reads", (len(found), all(found)), (500, True))


def pool():
    io.application_enable("app", True)
    io.application_metadata_set("app", "k", "v")
    expect("application", list(io.application_metadata_list("app")), [("k", "v")])
    io.application_metadata_remove("app", "k")
    expect("application's key removed", list(io.application_metadata_list("app")), [])
    expect("no such application", errno(lambda: io.application_metadata_set("none", "k", "v")), 2)
    io.execute("sum", "numops", "add", b"\1\0\0\0k\3\0\0\0002.5")
    io.execute("sum", "numops", "mul", b"\1\0\0\0k\1\0\0\0004")
    with rados.ReadOpCtx() as op:
        found, _ = io.get_omap_vals(op, "", "", 10)
        io.operate_read_op(op, "sum")
        expect("numops", list(found), [("k", b"10")])
    expect("nobody to say hello to", errno(lambda: io.execute("hello", "hello", "say_hello", b"")), 2)
    io.execute("hello", "hello", "record_hello", b"you")
    io.execute("hello", "hello", "turn_it_to_11", b"")
    expect("hello", io.execute("hello", "hello", "replay", b""), (11, b"HELLO, YOU!"))
    expect("who said it", io.get_xattr("hello", "said_by").split(b".")[0], b"client")
    for bad in ("bad_reader", "bad_writer"):
        expect(bad, errno(lambda: io.execute("hello", "hello", bad, b"")), 5)


def returns():
    """With RETURNVEC a write answers what its last step does; python3-rados raises that, too."""
    call = lambda method, *input: (lambda o: o.execute("hello", method, b"".join(input)))
    expect("a write's result", errno(lambda: write(call("write_return_data"), oid="ret")), 0)
    returnvec = 1024
    for _ in range(2):
        expect("with RETURNVEC", errno(lambda: write(call("write_return_data"), oid="ret", flags=returnvec)), 42)
    expect("refused", errno(lambda: write(call("write_return_data", b"x"), oid="ret", flags=returnvec)), 22)
    much = errno(lambda: write(lambda o: o.write_full(b"x"), call("write_too_much_return_data"), oid="much", flags=returnvec))
    expect("more than fits", (much, errno(lambda: io.read("much"))), (75, 2))
    expect("nothing to return", errno(lambda: write(lambda o: o.write_full(b"x"), oid="ret", flags=returnvec)), 0)


def spread():
    """Reads that any copy may answer, of more objects than one OSD can be primary of by chance."""
    for flag in (1, 2):  # BALANCE_READS, LOCALIZE_READS
        for i in range(20):
            with rados.ReadOpCtx() as op:
                found, _ = io.get_omap_vals(op, "", "", 1)
                io.operate_read_op(op, "aio%d" % i, flag)
                expect("read anywhere", list(found), [])


def limits():
    """Odd names, sizes and places, and those just beside what is allowed."""
    names = (".", "..", "/", " ", "\n", "%41", "__", "\1", "head", "snapdir", "a:b;c", "-1", "~", "\u65e5\u672c", "x" * 256, "x" * 2048, "\u20ac" * 682)
    io.set_namespace("odd")
    for name in names:
        io.write_full(name, b"v" + name.encode())
        expect("object %r" % name[:9], io.read(name, 9000), b"v" + name.encode())
    expect("odd names listed", sorted(o.key for o in io.list_objects()), sorted(names))
    for name, wanted in (("x" * 2049, 36), ("\u20ac" * 683, 36), ("", 22)):
        expect("name of %d" % len(name.encode()), (errno(lambda: io.write_full(name, b"")), errno(lambda: io.read(name))), (wanted, wanted))
    for length, wanted in ((256, 0), (257, 36)):
        io.set_namespace("s" * length)
        expect("namespace of %d" % length, errno(lambda: io.write_full("o", b"")), wanted)
    io.set_namespace("odd")
    for length, wanted in ((300, 0), (2048, 0), (2049, 36)):
        io.set_locator_key("k" * length)
        expect("locator of %d" % length, errno(lambda: io.write_full("l%d" % length, b"")), wanted)
    io.set_locator_key("")
    for length, wanted in ((1, 0), (100, 0), (101, 36), (256, 36)):
        expect("xattr name of %d" % length, errno(lambda: io.set_xattr("~", "n" * length, b"v")), wanted)
    expect("xattrs", sorted(len(name) for name, _ in io.get_xattrs("~")), [1, 100])
    for offset, wanted in (((128 << 20) - 1, 0), (128 << 20, 27), ((1 << 32) - 1, 27), (1 << 40, 27), (1 << 62, 27)):
        expect("write at %d" % offset, errno(lambda: io.write("end", b"x", offset)), wanted)
    expect("end", (io.stat("end")[0], io.read("end", 9, (128 << 20) - 3)), (128 << 20, b"\0\0x"))
    for size, wanted in ((0, 0), ((128 << 20) - 1, 0), (128 << 20, 27), (1 << 40, 27)):
        expect("truncate to %d" % size, errno(lambda: io.trunc("end", size)), wanted)
    expect("truncated", io.stat("end")[0], (128 << 20) - 1)
    io.remove_object("end")
    expect("90 MiB", errno(lambda: io.write_full("huge", bytes(90 << 20))), 0)
    expect("more than 90 MiB", errno(lambda: io.write_full("huge", bytes((90 << 20) + 1))), 90)
    expect("huge", (io.stat("huge")[0], errno(lambda: io.remove_object("huge"))), (90 << 20, 0))
    write(lambda o: io.set_omap(o, tuple("%04d" % i for i in range(1500)), (b"",) * 1500), lambda o: io.set_omap(o, ("k" * 100000,), (b"v" * 100000,)))
    found = omap(most=9000)
    expect("a page of omap", (len(found), found[-1][0]), (1024, "1023"))
    expect("its last", [(len(k), len(v or b"")) for k, v in omap("1498")], [(4, 0), (100000, 100000)])
    for call, wanted in ((lambda: io.writesame("~", b"", 10), 22), (lambda: io.execute("~", "lock", "none", b""), 95), (lambda: io.execute("~", "rbd", "none", b""), 95)):
        expect("refused", errno(call), wanted)
    gone = (io.aio_read("gone", 10, 0, lambda done, data: None), io.aio_remove("gone"), io.aio_stat("gone", lambda done, size, at: None))
    expect("aio of nobody", [(each.wait_for_complete(), each.get_return_value())[1] for each in gone], [-2] * 3)
    io.set_namespace("")


def steps():
    """What compound operations leave; python3-rados takes length and offset of zero() in turn (and Ceph's OSD dies of no length)."""
    nobody = [lambda o: io.remove_omap_keys(o, ("k",)), io.clear_omap, lambda o: o.remove(), lambda o: o.zero(5, 0), lambda o: o.truncate(5)]
    did = [(errno(lambda: write(step, oid="absent")), errno(lambda: io.stat("absent"))) for step in nobody]
    expect("steps on nobody", did, [(2, 2), (2, 2), (2, 2), (0, 2), (0, 2)])
    write(lambda o: o.write_full(b"abc"), lambda o: io.set_omap(o, ("k",), (b"v",)), oid="steps")
    again = errno(lambda: write(lambda o: o.write_full(b"z"), lambda o: o.new(rados.LIBRADOS_CREATE_EXCLUSIVE), oid="steps"))
    expect("a guard at the end", (again, io.read("steps")), (17, b"abc"))
    write(lambda o: o.append(b"d"), lambda o: o.truncate(2), lambda o: o.append(b"E"), lambda o: o.zero(1, 0), oid="steps")
    expect("four steps", io.read("steps"), b"\0bE")
    write(lambda o: o.remove(), lambda o: o.write_full(b"new"), oid="steps")
    expect("removed and made", (io.read("steps"), io.read("steps", 10, 100), io.read("steps", 10, 2)), (b"new", b"", b"w"))
    write(oid="nothing")
    expect("no steps", errno(lambda: io.stat("nothing")), 2)
    write(lambda o: o.write(b"q", 5), oid="behind")
    expect("a hole", io.read("behind"), b"\0" * 5 + b"q")


def pools():
    for name, wanted in (("limits", 0), ("limits", 17), ("", 22)):
        expect("pool %r made" % name, errno(lambda: cluster.create_pool(name)), wanted)
    expect("no such pool", [errno(lambda: call("none")) for call in (cluster.open_ioctx, cluster.delete_pool)], [2, 2])
    with cluster.open_ioctx("limits") as io:
        for app, force, wanted in (("a", False, 0), ("a", False, 0), ("b", False, 1), ("b", True, 0), ("c", True, 0), ("d", True, 0), ("e", True, 22), ("d", False, 0)):
            expect("application " + app, errno(lambda: io.application_enable(app, force)), wanted)
        expect("applications", io.application_list(), ["a", "b", "c", "d"])
        for length, wanted in ((1, 0), (128, 0), (129, 22)):
            expect("key of %d" % length, errno(lambda: io.application_metadata_set("a", "k" * length, "v" * length)), wanted)
    for line in ('{"prefix":"nosuch"}', "{", '{"prefix":"osd pool get","pool":"limits"}'):
        expect(line, (cluster.mon_command(line, b"")[0], cluster.osd_command(0, line, b"")[0]), (-22, -22))


def struct(version, *fields):
    body = b"".join(fields)
    return bytes([version, 1]) + len(body).to_bytes(4, "little") + body


def le32(*numbers):
    return b"".join(n.to_bytes(4, "little", signed=n < 0) for n in numbers)


def text(s):
    return le32(len(s)) + s.encode()


def execute(cls, method, body, oid="class"):
    try:
        return io.execute(oid, cls, method, body)[1]
    except (rados.Error, OSError) as e:
        return abs(e.errno)


def log():
    entry = lambda at, id, data: struct(2, text("s"), text("n"), le32(*at), text(data), text(id))
    add = lambda monotonic, *entries: struct(2, le32(len(entries)), *entries, bytes([monotonic]))
    show = lambda since, marker, until, most: execute("log", "list", struct(1, le32(*since), text(marker), le32(*until, most)))
    trim = lambda since, until, first="", last="": execute("log", "trim", struct(2, le32(*since, *until), text(first), text(last)))
    listed = lambda entries, marker, more: struct(1, le32(len(entries)), *entries, text(marker), bytes([more]))
    expect("log of nobody", (show((0, 0), "", (0, 0), 0), trim((0, 0), (9, 0))), (2, 61))
    one, two, three = [entry((n, n * 1000), "1_%010d.%06d_%s" % (n, n, "abc"[n]), "d%d" % n) for n in range(3)]
    expect("add", execute("log", "add", add(True, two, one)), b"")
    expect("add later", execute("log", "add", add(False, three)), b"")
    ids = ["1_%010d.%06d_%s" % (n, n, "abc"[n]) for n in range(3)]
    expect("all", show((0, 0), "", (0, 0), 0), listed([one, two, three], ids[2], 0))
    expect("one", show((0, 0), "", (0, 0), 1), listed([one], ids[0], 1))
    expect("behind one", show((0, 0), ids[0], (0, 0), 1), listed([two], ids[1], 1))
    expect("a while", show((0, 1), "", (2, 0), 9), listed([one, two], ids[2], 0))
    expect("info", execute("log", "info", struct(1)), struct(1, struct(1, text(ids[2]), le32(2, 2000))))
    expect("torn", execute("log", "add", b"\2\1\5\0\0\0\1"), 22)
    expect("trim of the first microsecond", trim((0, 0), (0, 0)), b"")
    expect("trim", [trim((0, 0), (1, 1000)) for _ in range(2)], [b"", 61])
    expect("left", show((0, 0), "", (0, 0), 0), listed([three], ids[2], 0))
    expect("trim by marker", [trim((0, 0), (0, 0), "", ids[2]) for _ in range(2)], [b"", 61])
    unnamed = entry((1, 0), "", "d")
    expect("no id, and too old", execute("log", "add", add(True, unnamed)), b"")
    found = show((0, 0), "", (0, 0), 0)
    expect("its key", found[found.rindex(b"1_"):-1].split(b"_")[1], b"0000000002.000002")


def timeindex():
    entry = lambda at, name, value: struct(1, le32(*at), text(name), text(value))
    show = lambda since, marker, until, most: execute("timeindex", "list", struct(1, le32(*since), text(marker), le32(*until, most)), "times")
    trim = lambda since, until, first="", last="": execute("timeindex", "trim", struct(1, le32(*since, *until), text(first), text(last)), "times")
    listed = lambda entries, marker, more: struct(1, le32(len(entries)), *entries, text(marker), bytes([more]))
    expect("times of nobody", (show((0, 0), "", (0, 0), 9), trim((0, 0), (9, 0))), (2, 61))
    all = [entry((n, n * 1000), "x%d" % n, "v%d" % n) for n in range(4)]
    expect("add", execute("timeindex", "add", struct(1, le32(4), *all), "times"), b"")
    back = [entry((n, n), "x%d" % n, "v%d" % n) for n in range(4)]
    ids = ["1_%010d.%06d_x%d" % (n, n, n) for n in range(4)]
    expect("all", show((0, 0), "", (9, 0), 9), listed(back, ids[3], 0))
    expect("two", show((0, 0), "", (9, 0), 2), listed(back[:2], ids[1], 1))
    expect("behind them", show((0, 0), ids[1], (3, 0), 9), listed(back[2:3], ids[2], 0))
    expect("none", show((0, 0), "", (9, 0), 0), listed([], "", 1))
    expect("trim", [trim((0, 0), (1, 1000)) for _ in range(2)], [b"", 61])
    expect("trim by marker", [trim((0, 0), (0, 0), ids[2], ids[3]) for _ in range(2)], [b"", 61])
    expect("left", show((0, 0), "", (9, 0), 9), listed(back[2:3], ids[2], 0))


def c_library():
    """librados' C functions, which python3-rados does not wrap all, on a connection of their own."""
    lib = ctypes.CDLL("librados.so.2")
    c, ctx = ctypes.c_void_p(), ctypes.c_void_p()
    lib.rados_create(ctypes.byref(c), None)
    lib.rados_conf_read_file(c, os.environ["CEPH_CONF"].encode())
    expect("connect", lib.rados_connect(c), 0)
    expect("ioctx", lib.rados_ioctx_create(c, sys.argv[1].encode(), ctypes.byref(ctx)), 0)
    lib.rados_create_write_op.restype = lib.rados_create_read_op.restype = ctypes.c_void_p
    lib.rados_object_list_begin.restype = lib.rados_object_list_end.restype = ctypes.c_void_p
    return lib, c, ctx


def c_api():
    lib, c, ctx = c_library()
    pointer, size = ctypes.c_void_p, ctypes.c_size_t

    def operate(*steps, oid=b"c", kind="write"):
        op = pointer(getattr(lib, "rados_create_%s_op" % kind)())
        for name, *arguments in steps:
            getattr(lib, "rados_%s_op_%s" % (kind, name))(op, *arguments)
        end = (ctx, oid, None, 0) if kind == "write" else (ctx, oid, 0)
        result = getattr(lib, "rados_%s_op_operate" % kind)(op, *end)
        getattr(lib, "rados_release_%s_op" % kind)(op)
        return result

    operate(("remove",))
    full = lambda data: ("write_full", data, size(len(data)))
    guard = lambda op, value: ("cmpxattr", b"k", ctypes.c_uint8(op), value, size(len(value)))
    expect("assert exists of nobody", operate(("assert_exists",), full(b"no")), -2)
    expect("and it is not made", operate(("assert_exists",), kind="read"), -2)
    expect("two in one", operate(full(b"old"), ("setxattr", b"k", b"v", size(1))), 0)
    for op, value, wanted in ((1, b"v", 0), (1, b"w", -125), (2, b"w", 0), (3, b"a", -125), (5, b"w", -125), (5, b"a", 0), (9, b"v", -22)):
        expect("cmpxattr %d %s" % (op, value), operate(guard(op, value), full(b"new" if wanted == 0 else b"never")), wanted)
    long = b"long" * 50000
    expect("a long one", operate(("setxattr", b"k", long, size(len(long)))), 0)
    for op, value, wanted in ((1, long, 0), (1, long[:-1] + b"z", -125), (3, long[:-1] + b"z", 0), (5, long[:-1], 0), (2, long, -125)):
        expect("cmpxattr %d of a long one" % op, operate(guard(op, value), ("setxattr", b"other", b"", size(0))), wanted)
    expect("short again", operate(("setxattr", b"k", b"v", size(1)), ("rmxattr", b"other")), 0)
    buffer, got, each = ctypes.create_string_buffer(16), size(), ctypes.c_int(-999)
    read = ("read", ctypes.c_uint64(1), size(16), buffer, ctypes.byref(got), ctypes.byref(each))
    expect("guarded read", (operate(guard(1, b"v"), read, kind="read"), buffer.raw[: got.value], each.value), (0, b"ew", 0))
    expect("guarded read refused", operate(guard(2, b"v"), read, kind="read"), -125)
    sum = ctypes.create_string_buffer(64)
    sums = (("xxhash32", 4, "0fb44186"), ("xxhash64", 8, "0b1141944dde684f"), ("crc32c", 4, "d103bc28"))
    for kind, (name, width, wanted) in enumerate(sums):
        start = b"\xff" * width
        code = lib.rados_checksum(ctx, b"c", kind, start, size(width), size(3), ctypes.c_uint64(0), size(0), sum, size(64))
        expect(name, (code, sum.raw[: 4 + width].hex()), (0, "01000000" + wanted))
    operate(full(bytes(range(24))), oid=b"chunks")

    def chunked(kind, width, length, offset, chunk, room=64):
        start = b"\xff" * width
        ctypes.memset(sum, 0, 64)
        code = lib.rados_checksum(ctx, b"chunks", kind, start, size(width), size(length), ctypes.c_uint64(offset), size(chunk), sum, size(room))
        return code, sum.raw[: 4 + width * sum.raw[0]].hex() if code == 0 else ""

    chunks = (
        ((0, 4, 16, 0, 4, 64), (0, "04000000b8dd553a14e3e96c6476c768c019a74a")),
        ((2, 4, 24, 0, 8, 64), (0, "03000000c443d375976f7c05621b8d94")),
        ((1, 8, 24, 0, 12, 64), (0, "020000005236dba4e60cfc51cde97359bc2a2060")),
        ((2, 4, 16, 4, 4, 64), (0, "040000007686204a082314ff2240f893051f9190")),
        ((2, 4, 10, 0, 4, 64), (-22, "")),
        ((2, 4, 0, 0, 8, 64), (-22, "")),
        ((2, 4, 24, 0, 24, 64), (0, "010000006a7843d6")),
        ((2, 4, 24, 0, 1, 64), (-34, "")),
        ((2, 4, 40, 0, 8, 64), (0, "03000000c443d375976f7c05621b8d94")),
        ((2, 4, 8, 30, 4, 64), (0, "00000000")),
        ((2, 4, 32, 16, 8, 64), (0, "01000000621b8d94")),
        ((2, 4, 24, 0, 8, 12), (-34, "")),
        ((2, 4, 8, 16, 4, 64), (0, "02000000051f91902f7c7dfc")),
    )
    for arguments, wanted in chunks:
        expect("checksum %s" % (arguments,), chunked(*arguments), wanted)
    names = set()
    begin, end = pointer(lib.rados_object_list_begin(ctx)), pointer(lib.rados_object_list_end(ctx))

    class Found(ctypes.Structure):
        _fields_ = [("oid_length", size), ("oid", pointer), ("nspace_length", size), ("nspace", pointer), ("locator_length", size), ("locator", pointer)]

    for part in range(3):
        first, last = (pointer(lib.rados_object_list_begin(ctx)) for _ in range(2))
        lib.rados_object_list_slice(ctx, begin, end, size(part), size(3), ctypes.byref(first), ctypes.byref(last))
        while not lib.rados_object_list_is_end(ctx, first) and lib.rados_object_list_cursor_cmp(ctx, first, last) < 0:
            found, next = (Found * 7)(), pointer(lib.rados_object_list_begin(ctx))
            count = lib.rados_object_list(ctx, first, last, size(7), None, size(0), found, ctypes.byref(next))
            expect("a page", 0 <= count <= 7, True)
            for item in found[:count]:
                name = ctypes.string_at(item.oid, item.oid_length)
                expect("listed once", name in names, False)
                names.add(name)
            lib.rados_object_list_free(size(count), found)
            first = next
    expect("cursors find all", names, {o.key.encode() for o in io.list_objects()})
    lib.rados_shutdown(c)


def aio():
    """Appends in order, a flush that waits for all of them, and one that is given up while the cluster takes no writes."""
    lib, c, ctx = c_library()
    size, pointer = ctypes.c_size_t, ctypes.c_void_p
    for each in [io.aio_append("appended", b"%03d," % i) for i in range(100)]:
        each.wait_for_complete()
        expect("an append", each.get_return_value(), 0)
    expect("appends in order", io.read("appended", 9000), b"".join(b"%03d," % i for i in range(100)))

    def completion():
        each = pointer()
        lib.rados_aio_create_completion2(None, None, ctypes.byref(each))
        return each

    written = [completion() for _ in range(200)]
    for i, each in enumerate(written):
        expect("aio_append", lib.rados_aio_append(ctx, b"flushed%d" % (i % 20), each, b"0123456789" * 100, size(1000)), 0)
    expect("aio_flush", lib.rados_aio_flush(ctx), 0)
    expect("all are there", {(lib.rados_aio_is_complete(each), lib.rados_aio_get_return_value(each)) for each in written}, {(1, 0)})
    expect("their sizes", {io.stat("flushed%d" % i)[0] for i in range(20)}, {10000})
    late, flushed = completion(), completion()
    lib.rados_aio_append(ctx, b"flushed0", late, b"1", size(1))
    expect("aio_flush_async", (lib.rados_aio_flush_async(ctx, flushed), lib.rados_aio_wait_for_complete(flushed)), (0, 0))
    expect("what it waited for", (lib.rados_aio_is_complete(late), lib.rados_aio_get_return_value(late)), (1, 0))
    expect("pause", cluster.mon_command('{"prefix": "osd set", "key": "pause"}', b"")[0], 0)
    try:
        expect("latest map", lib.rados_wait_for_latest_osdmap(c), 0)
        given_up = completion()
        lib.rados_aio_write_full(ctx, b"cancelled", given_up, b"x", size(1))
        expect("still waits", lib.rados_aio_is_complete(given_up), 0)
        expect("aio_cancel", (lib.rados_aio_cancel(ctx, given_up), lib.rados_aio_wait_for_complete(given_up)), (0, 0))
        expect("what it says", lib.rados_aio_get_return_value(given_up), -125)
    finally:
        expect("unpause", cluster.mon_command('{"prefix": "osd unset", "key": "pause"}', b"")[0], 0)
    expect("never written", errno(lambda: io.stat("cancelled")), 2)
    expect("cancel of what is over", lib.rados_aio_cancel(ctx, late), 0)
    lib.rados_shutdown(c)


def acknowledged():
    """Watchers that answer with bytes, that do not answer, and that lose what they watch."""
    lib, c, ctx = c_library()
    size, pointer, u64 = ctypes.c_size_t, ctypes.c_void_p, ctypes.c_uint64
    heard, lost = [], []
    lib.rados_notify_ack.argtypes = [pointer, ctypes.c_char_p, u64, u64, ctypes.c_char_p, ctypes.c_int]

    def answer(arg, notify_id, handle, notifier, data, length):
        heard.append(ctypes.string_at(data, length))
        if arg:
            lib.rados_notify_ack(ctx, b"watched", notify_id, handle, b"heard %d" % arg, 7)

    called = ctypes.CFUNCTYPE(None, pointer, u64, u64, u64, pointer, size)(answer)
    failed = ctypes.CFUNCTYPE(None, pointer, u64, ctypes.c_int)(lambda arg, cookie, error: lost.append((cookie, error)))

    def watch(number, oid=b"watched"):
        cookie = u64()
        expect("watch", lib.rados_watch2(ctx, oid, ctypes.byref(cookie), called, failed, pointer(number)), 0)
        return cookie

    def notify(timeout_ms, oid=b"watched"):
        reply, length = pointer(), size()
        code = lib.rados_notify2(ctx, oid, b"news", 4, u64(timeout_ms), ctypes.byref(reply), ctypes.byref(length))
        raw = ctypes.string_at(reply, length.value) if reply else b""
        lib.rados_buffer_free(reply)
        at, acks, silent = 4, [], []
        for _ in range(binary.unpack_from("<I", raw)[0] if raw else 0):
            _, cookie, told = binary.unpack_from("<QQI", raw, at)
            acks.append((cookie, raw[at + 20 : at + 20 + told]))
            at += 20 + told
        for i in range(binary.unpack_from("<I", raw, at)[0] if raw else 0):
            silent.append(binary.unpack_from("<QQ", raw, at + 4 + 16 * i)[1])
        return code, sorted(acks), sorted(silent)

    io.write_full("watched", b"")
    expect("nobody there", notify(10000), (0, [], []))
    one, two = watch(1), watch(2)
    expect("both answer", notify(60000), (0, sorted([(one.value, b"heard 1"), (two.value, b"heard 2")]), []))
    expect("what they heard", heard, [b"news", b"news"])
    mute = watch(0)
    wanted = (-110, sorted([(one.value, b"heard 1"), (two.value, b"heard 2")]), [mute.value])
    for seconds in (3, 20, 60):  # on a slow machine those who answer may be late, too
        answer = notify(seconds * 1000)
        if answer == wanted:
            break
    expect("one is silent", answer, wanted)
    expect("checks", [lib.rados_watch_check(ctx, each) >= 0 for each in (one, two, mute)], [True] * 3)
    expect("unwatch", [lib.rados_unwatch2(ctx, each) for each in (two, mute)], [0, 0])
    expect("the one that is left", notify(60000), (0, [(one.value, b"heard 1")], []))
    io.remove_object("watched")
    eventually("the watcher hears that its object is gone", lambda: lost)
    expect("what it hears", (lost, lib.rados_watch_check(ctx, one)), ([(one.value, -107)], -107))
    expect("notify of nobody", notify(1000)[0], -2)
    lib.rados_watch_flush(c)
    lib.rados_shutdown(c)


for part in (attributes, data, guards, omaps, omap_guards, locks, watches, acknowledged, many, aio, flags, in_flight, pool, returns, spread, log, timeindex, c_api, limits, steps, pools):
    part()
cluster.shutdown()
print("all as Ceph")
