"""What a resumed training knows of the steps before."""

from gleanery.tasks.training.process_history import last_held_out_loss, mean_loss

HISTORY = [
    {"step": 0, "eval_loss": 5.0},
    {"step": 1, "loss": 4.0},
    {"step": 2, "loss": 2.0},
    {"step": 2, "eval_loss": 3.0},
    {"step": 2, "train_loss": 2.0},
]


def test_losses_are_of_all_steps_whoever_made_them() -> None:
    assert mean_loss(HISTORY) == 3.0
    assert last_held_out_loss(HISTORY) == 3.0
    assert last_held_out_loss(HISTORY[1:3]) is None
