"""The command line: arguments only. Help comes at once, since torch is loaded by the work."""

from __future__ import annotations

import atexit
import gc
from pathlib import Path
from typing import Annotated, Literal

import typer

from cnnwalk.graph import Granularity, TrackerMode
from cnnwalk.layout.places import Course
from cnnwalk.server.place import Place
from cnnwalk.server.showing import Showing
from cnnwalk.terminal import arguments, study
from cnnwalk.terminal.errors import plain_errors
from cnnwalk.terminal.networks import NetworkOptions
from cnnwalk.terminal.serving import Cert, Device, Host, Key, Lan, NoBrowser, Port
from cnnwalk.terminal.walk import WalkOptions, run_walk

app = typer.Typer(
    name="cnnwalk",
    help="Take a walk inside your CNN: every feature map of every layer, in the browser.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
app.add_typer(study.app, name="study")

_FORMS = (
    "demo, torchvision:resnet50, timm:convnext_tiny, path/to/file.py:build, module:build, or a "
    "trained network's .safetensors file."
)


Spec = Annotated[str, typer.Argument(metavar="NETWORK", help=_FORMS)]
Specs = Annotated[list[str], typer.Argument(metavar="NETWORK...", help=_FORMS)]
_STATE_DICT = "State dict: .safetensors, or of torch.save"
Weights = Annotated[Path | None, typer.Option(metavar="FILE", help=f"{_STATE_DICT}.")]
WeightsOfEach = Annotated[
    list[Path] | None,
    typer.Option(
        "--weights", metavar="FILE", help=f"{_STATE_DICT}; once for each network, in their order."
    ),
]
Classes = Annotated[
    Path | None,
    typer.Option(metavar="FILE", help="Class names, of all networks: one a line, or a JSON list."),
]
# A plain tuple would ask for two arguments.
InputSize = Annotated[
    arguments.Size | None,
    typer.Option(metavar="HxW", parser=arguments.size, help="Input in pixels, such as 224x224."),
]
Images = Annotated[
    str | None,
    typer.Option(metavar="DIR|module:dataset", help="Your images; else photographs come along."),
]
Detail = Annotated[Granularity, typer.Option(help="How fine the layers are.")]
Trackers = Annotated[
    TrackerMode, typer.Option(help="Whether the network's own trackers name its layers.")
]
Depth = Annotated[
    int | None,
    typer.Option(min=0, help="Levels of blocks that are open.", show_default="all"),
]
Way = Annotated[Course, typer.Option(help="How the walk runs.")]


@app.command()
def demo(  # noqa: PLR0913, PLR0917 - an option each
    host: Host = None,
    port: Port = None,
    lan: Lan = False,
    cert: Cert = None,
    key: Key = None,
    no_browser: NoBrowser = False,
    device: Device = "cpu",
) -> None:
    """Walk the demo network, EfficientNet-Lite0 with its ImageNet weights."""
    run_walk(
        WalkOptions(
            ["demo"],
            NetworkOptions(device=device),
            place=Place(host, port, lan, cert, key),
            browser=not no_browser,
        )
    )


@app.command()
def walk(  # noqa: PLR0913, PLR0917 - an option each
    networks: Specs,
    weights: WeightsOfEach = None,
    images: Images = None,
    classes: Classes = None,
    input_size: InputSize = None,
    granularity: Detail = "layers",
    trackers: Trackers = "merge",
    depth: Depth = None,
    course: Way = "straight",
    host: Host = None,
    port: Port = None,
    lan: Lan = False,
    cert: Cert = None,
    key: Key = None,
    no_browser: NoBrowser = False,
    device: Device = "cpu",
) -> None:
    """Walk networks of your own; several stand side by side."""
    run_walk(
        WalkOptions(
            networks,
            NetworkOptions(weights or (), classes, input_size, device),
            images=images,
            showing=Showing(granularity, trackers, depth, course),
            place=Place(host, port, lan, cert, key),
            browser=not no_browser,
        )
    )


@app.command()
def graph(  # noqa: PLR0913, PLR0917 - an option each
    network: Spec,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    weights: Weights = None,
    input_size: InputSize = None,
    granularity: Detail = "layers",
    trackers: Trackers = "merge",
    depth: Depth = None,
    device: Device = "cpu",
) -> None:
    """Print the captured graph."""
    from cnnwalk.terminal.graph import print_graph

    options = NetworkOptions([weights] if weights else (), None, input_size, device)
    showing = Showing(granularity, trackers, depth)
    raise typer.Exit(print_graph(network, options, showing, as_json=as_json))


@app.command()
def featvis(  # noqa: PLR0913, PLR0917 - an option each
    network: Spec,
    layer: Annotated[
        str | None, typer.Option(help="Id of a layer, or path of a module or block.")
    ] = None,
    channels: Annotated[
        arguments.Channels | None,
        typer.Option(
            metavar="0-31,40",
            parser=arguments.channels,
            help="Which; those of the layer with the scores are classes.",
            show_default="all",
        ),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="Gets channel_00031.png and so on, contact_sheet.png."),
    ] = None,
    layers: Annotated[bool, typer.Option("--layers", help="List the layers, and end.")] = False,
    mode: Annotated[
        Literal["natural", "texture", "maco", "paper"] | None,
        typer.Option(
            help="How pictures form.",
            show_default="natural or texture, which suits the layer",
        ),
    ] = None,
    steps: Annotated[
        int | None, typer.Option(help="How often each is improved.", show_default="by mode")
    ] = None,
    seed: Annotated[int, typer.Option(help="Of all random draws.")] = 0,
    start: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="Image to begin with, cropped as any for the network.",
            show_default="noise",
        ),
    ] = None,
    neuron: Annotated[
        arguments.Neuron | None,
        typer.Option(
            metavar="ROW,COLUMN", parser=arguments.neuron, help="One value of the maps alone."
        ),
    ] = None,
    measure: Annotated[
        Literal["mean", "centre", "quantile"], typer.Option(help="What of a map counts.")
    ] = "mean",
    quantile: Annotated[float, typer.Option(help="For that measure, 0 to 1.")] = 0.9,
    parameters: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="NAME=VALUE", help="A parameter of the mode; repeat."),
    ] = None,
    weights: Weights = None,
    classes: Classes = None,
    input_size: InputSize = None,
    granularity: Detail = "layers",
    trackers: Trackers = "merge",
    device: Device = "cpu",
    precision: Annotated[
        Literal["auto", "float32"],
        typer.Option(help="Whether it may compute faster and a little less exactly."),
    ] = "auto",
    engine: Annotated[
        Literal["local", "ray"], typer.Option(help="Whether a Ray cluster makes them.")
    ] = "local",
    workers: Annotated[
        int | None,
        typer.Option(min=1, help="Side by side.", show_default="1, or what the cluster has"),
    ] = None,
    no_cache: Annotated[
        bool, typer.Option("--no-cache", help="Make again what was made before.")
    ] = False,
) -> None:
    """Make images that excite the channels of a layer as much as images can."""
    from cnnwalk.terminal.featvis import (
        EngineOptions,
        PictureOptions,
        print_layers,
        write_pictures,
    )

    loading = NetworkOptions([weights] if weights else (), classes, input_size, device)
    showing = Showing(granularity, trackers)
    if layers:
        print_layers(network, loading, showing)
        return
    if layer is None or out is None:
        raise typer.BadParameter("give --layer LAYER and --out DIR; --layers lists the layers")
    wanted = arguments.parameters(parameters or ())
    pictures = PictureOptions(
        layer,
        None if channels is None else channels.numbers,
        mode,
        wanted if steps is None else {**wanted, "steps": steps},
        seed,
        start,
        neuron,
        measure,
        quantile,
    )
    making = EngineOptions(engine == "ray", workers, precision, not no_cache)
    raise typer.Exit(write_pictures(network, loading, showing, pictures, making, out))


@app.command()
def doctor() -> None:
    """Say what is here and what is missing."""
    from cnnwalk.terminal.doctor import run_doctor

    raise typer.Exit(run_doctor())


def _version(wanted: bool) -> None:
    if wanted:
        from cnnwalk.version import __version__

        typer.echo(f"cnnwalk {__version__}")
        raise typer.Exit


@app.callback()
def common(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    pass


def main() -> None:
    """Run the command of `sys.argv`; bad input ends with one line and exit code 2."""
    # Python's last garbage collection would go through all of torch: seconds, at every end.
    atexit.register(gc.freeze)
    with plain_errors():
        app()
