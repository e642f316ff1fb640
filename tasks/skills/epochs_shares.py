"""Dividing a number of plans among streams that hold only so many."""

from collections.abc import Sequence


def apportion(total: int, weights: Sequence[float], rooms: Sequence[int]) -> list[int]:
    """Return whole numbers in proportion to the weights, none above its room.

    They add up to `total`, or to less when the rooms of those with a weight do not suffice: what
    one has no room for goes to the others. The largest remainders are rounded up.
    """
    shares = [0] * len(weights)
    while left := total - sum(shares):
        open_ones = [
            number
            for number, weight in enumerate(weights)
            if weight > 0 and shares[number] < rooms[number]
        ]
        if not open_ones:
            break
        whole = sum(weights[number] for number in open_ones)
        exact = {number: left * weights[number] / whole for number in open_ones}
        for number, quota in exact.items():
            shares[number] = min(shares[number] + int(quota), rooms[number])
        left = max(0, total - sum(shares))
        if all(shares[number] < rooms[number] for number in open_ones):
            by_remainder = sorted(open_ones, key=lambda number: int(exact[number]) - exact[number])
            for number in by_remainder[:left]:
                shares[number] += 1
    return shares


def fill_evenly(total: int, rooms: Sequence[int], used: Sequence[int]) -> list[int]:
    """Return how many plans to take from each, so that afterwards all are used to the same part.

    `rooms` says how many each holds, used ones included. One that is used to a larger part
    already gets none.
    """
    by_part = sorted(
        (number for number, room in enumerate(rooms) if room > used[number]),
        key=lambda number: used[number] / rooms[number],
    )
    part, room_so_far, used_so_far = 0.0, 0, 0
    for number in by_part:
        if room_so_far and used[number] / rooms[number] >= part:
            break
        room_so_far += rooms[number]
        used_so_far += used[number]
        part = min(1.0, (total + used_so_far) / room_so_far)
    rest = [max(0, room - taken) for room, taken in zip(rooms, used, strict=True)]
    weights = [
        max(0.0, part * room - taken) if room > taken else 0.0
        for room, taken in zip(rooms, used, strict=True)
    ]
    return apportion(total, weights, rest)
