"""Say what the quickstart has shown and what it has not, and where everything is: conclude.py"""

import typer

from gleanery.infra.settings import read_settings
from gleanery.infra.storage import Store
from gleanery.tasks.evaluation.report_store import newest_report
from gleanery.tasks.release.published import read_manifest
from gleanery.tasks.training.trained_models import newest_model


def main() -> None:
    """Print it."""
    root = read_settings().root.rstrip("/")
    dataset, models = Store(f"{root}/quickstart-dataset"), Store(f"{root}/quickstart-model")
    evaluations = Store(f"{root}/quickstart-evaluation")
    model = newest_model(models)
    held_out, unigram = model.notes["held_out_loss"], model.notes["unigram_loss"]
    report = newest_report(evaluations)
    released = f"{dataset.root}/{read_manifest(dataset).folder}"
    place = models.uri(model.at)
    typer.echo(
        f"\nHeld-out loss: {held_out:.2f} nats a token; a unigram model of the same tokens comes "
        f"to {unigram:.2f}.\nA model of a million parameters proves that the plumbing holds, not "
        "that the method works:\nfor a model that reasons, train a real base on a real release "
        "(deployments/training.yaml).\n\n"
        f"Dataset:    {released}\n"
        f"            {released}/report.html\n"
        f"Model:      {place}/model\n"
        f"Loss curve: {place}/curve.png\n"
        f"Evaluation: {report.address(evaluations) if report else 'no report: run it again'}"
    )


if __name__ == "__main__":
    main()
