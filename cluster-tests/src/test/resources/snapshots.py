"""Drives snapshots of both kinds through python3-rados and prints every answer: the same text from Ceph 16.2.15 and from
Sluice is the test. Arguments: a pool with named snapshots, a pool with self-managed ones, a seed, a number of steps."""
import os
import random
import sys

import rados

cluster = rados.Rados(conffile=os.environ["CEPH_CONF"])
cluster.connect()
named, managed = cluster.open_ioctx(sys.argv[1]), cluster.open_ioctx(sys.argv[2])
seed, steps = int(sys.argv[3]), int(sys.argv[4])
OBJECTS = ["a", "b", "c"]


def answer(call):
    """What the call gives back, or the number of its error."""
    try:
        return call()
    except rados.Error as e:
        return "errno %s" % abs(getattr(e, "errno", 0) or 0)
    except OSError as e:
        return "errno %s" % e.errno


def compound(io, oid, *wanted):
    with rados.WriteOpCtx() as op:
        for step in wanted:
            step(op)
        io.operate_write_op(op, oid)


def omap(io, oid):
    with rados.ReadOpCtx() as op:
        found, _ = io.get_omap_vals(op, "", "", 100)
        io.operate_read_op(op, oid)
        return list(found)


def state(io, oid):
    """All there is to know of an object as the context reads it."""
    data = answer(lambda: io.read(oid, 1 << 20))
    if isinstance(data, str):
        return data
    text = "%d:%08x" % (len(data), sum((i + 1) * b for i, b in enumerate(data)) & 0xFFFFFFFF)
    size = answer(lambda: io.stat(oid)[0])
    return (size, text, answer(lambda: sorted(io.get_xattrs(oid))), answer(lambda: omap(io, oid)))


def listed(io):
    """Without deleted objects, which are listed until their clones are trimmed."""
    return sorted(o.key for o in io.list_objects() if not isinstance(answer(lambda: io.stat(o.key)), str))


def change(io, oid, rnd):
    """One random change of an object."""
    fill = bytes([rnd.randrange(1, 256)])
    offset, length = rnd.randrange(0, 60000), rnd.choice([1, 100, 4096, 20000])
    kind = rnd.randrange(11)
    calls = [
        lambda: io.write_full(oid, fill * length),
        lambda: io.write(oid, fill * length, offset),
        lambda: io.append(oid, fill * length),
        lambda: io.trunc(oid, offset),
        lambda: io.remove_object(oid),
        lambda: io.set_xattr(oid, "x%d" % rnd.randrange(3), fill),
        lambda: io.rm_xattr(oid, "x%d" % rnd.randrange(3)),
        lambda: compound(io, oid, lambda op: io.set_omap(op, ("k%d" % rnd.randrange(5),), (fill,))),
        lambda: compound(io, oid, lambda op: op.zero(offset, length), lambda op: op.append(fill)),
        lambda: compound(io, oid, lambda op: op.new(rados.LIBRADOS_CREATE_EXCLUSIVE)),
        lambda: compound(io, oid, lambda op: op.remove(), lambda op: op.new(0), lambda op: op.write(fill * 10, 5)),
    ]
    return "%d %s" % (kind, answer(calls[kind]))


def look_named(snaps):
    for name in [None] + sorted(snaps):
        if name is None:
            named.set_read(rados.LIBRADOS_SNAP_HEAD)
        else:
            named.set_read(named.lookup_snap(name).snap_id)
        for oid in OBJECTS:
            print(name, oid, state(named, oid))
    named.set_read(rados.LIBRADOS_SNAP_HEAD)
    print("listed", listed(named))


def run_named(rnd):
    snaps, made = [], 0
    for step in range(steps):
        kind = rnd.randrange(10)
        oid = rnd.choice(OBJECTS)
        if kind == 0 and len(snaps) < 6:
            made += 1
            snaps.append("s%d" % made)
            print(step, "create", answer(lambda: named.create_snap(snaps[-1])))
        elif kind == 1 and snaps:
            gone = snaps.pop(rnd.randrange(len(snaps)))
            print(step, "remove", gone, answer(lambda: named.remove_snap(gone)))
        elif kind == 2 and snaps:
            to = rnd.choice(snaps)
            print(step, "rollback", oid, to, answer(lambda: named.snap_rollback(oid, to)), state(named, oid))
        else:
            print(step, "change", oid, change(named, oid, rnd), state(named, oid))
        if step % 10 == 9:
            look_named(snaps)
    look_named(snaps)
    print(sorted(s.name for s in named.list_snaps()))
    print("again", answer(lambda: [named.create_snap("t"), named.create_snap("t")]))
    print("unknown", answer(lambda: named.remove_snap("u")), answer(lambda: named.snap_rollback("a", "u")))
    print("self-managed here", answer(lambda: named.create_self_managed_snap()))


def look_managed(snaps):
    for snap in [rados.LIBRADOS_SNAP_HEAD] + sorted(snaps):
        managed.set_read(snap)
        for oid in OBJECTS:
            print(snap, oid, state(managed, oid))
    managed.set_read(rados.LIBRADOS_SNAP_HEAD)
    print("listed", listed(managed))


def run_managed(rnd):
    snaps = []
    for step in range(steps):
        kind = rnd.randrange(10)
        oid = rnd.choice(OBJECTS)
        if kind == 0 and len(snaps) < 6:
            snaps.append(managed.create_self_managed_snap())
            managed.set_self_managed_snap_write(snaps)
            print(step, "create", snaps[-1])
        elif kind == 1 and snaps:
            gone = snaps.pop(rnd.randrange(len(snaps)))
            print(step, "remove", gone, answer(lambda: managed.remove_self_managed_snap(gone)))
            managed.set_self_managed_snap_write(snaps)
        elif kind == 2 and snaps:
            to = rnd.choice(snaps)
            rolled = answer(lambda: managed.rollback_self_managed_snap(oid, to))
            print(step, "rollback", oid, to, rolled, state(managed, oid))
        elif kind == 3 and snaps:
            # As a client that has not heard of the newest snapshot.
            managed.set_self_managed_snap_write(snaps[:-1])
            print(step, "late", oid, change(managed, oid, rnd), state(managed, oid))
            managed.set_self_managed_snap_write(snaps)
        else:
            print(step, "change", oid, change(managed, oid, rnd), state(managed, oid))
        if step % 10 == 9:
            look_managed(snaps)
    look_managed(snaps)
    print("named here", answer(lambda: managed.create_snap("n")))
    managed.set_read(snaps[0] if snaps else 1)
    print("write while reading a snapshot", answer(lambda: managed.write_full("a", b"x")))


run_named(random.Random(seed))
run_managed(random.Random(seed + 1))
cluster.shutdown()
