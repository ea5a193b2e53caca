"""A training as a program that a person would write: ``model.fit`` with callbacks in Keras, a loop in PyTorch.

Data, first weights and the rows of each batch are read from what ``python -m lrviz train --format json`` writes, so
that the program ends where the app ends.
"""

from __future__ import annotations

from lrviz.codegen import keras, pytorch
from lrviz.codegen.text import Lines, call, comments, indented, literal, program, several
from lrviz.frameworks import PROGRAMS
from lrviz.training import Training

FILE = "training.json"
WARM_PLATEAU = "A warm-up before ReduceLROnPlateau is no class of Keras or PyTorch: there is no program of it."


def missing(training: Training) -> str:
    """Why there is no program, as a sentence; '' where there is one."""
    return WARM_PLATEAU if training.schedule_row.plateau and training["warmup_steps"] else ""


def write(training: Training) -> str:
    """The program, in the framework by whose rules it trains; '' where `missing` says why not."""
    if missing(training):
        return ""
    return (_keras if training.framework == "keras" else _pytorch)(training)


def _title(training: Training) -> str:
    where = PROGRAMS[training.framework]
    return f"{training.model_row.name} on {training.data_row.name.lower()}, {training.optimizer_row.name}, in {where}."


def _read(training: Training, array: str) -> Lines:
    column = "" if training.loss_kind == "categorical" else "[:, None]"
    return [
        f'run = json.load(open("{FILE}"))  # python -m lrviz train ... --format json > {FILE}',
        'held_back = run["rows"]["validation"]',
        f'x, y = {array}(run["x"]), {array}(run["y"]){column}',
    ]


def _keras(training: Training) -> str:
    shape = training.shape
    penalty = {"kernel_regularizer": f"keras.regularizers.L2({literal(training['l2'])})"} if training["l2"] else {}
    hidden = [
        call("keras.layers.Dense", str(units), activation=literal(shape.activation), **penalty)
        for units in shape.sizes[1:-1]
    ]
    last = call("keras.layers.Dense", str(shape.sizes[-1]), **penalty)
    watches, restart = training.schedule_row.plateau, training["restart"]
    listed, before, rate = ([], [], literal(training.alpha)) if watches else keras.schedule(training)
    mode = {} if training.monitor_mode == "auto" and not _own_accuracy(training) else {"mode": literal(_mode(training))}
    callbacks = [keras.plateau(training, **mode)] if watches else []
    if training["stop_patience"] is not None:
        patience = literal(training["stop_patience"])
        stop = "keras.callbacks.EarlyStopping"
        callbacks.append(call(stop, monitor=literal(training.monitor), patience=patience, **mode))
    metrics = {"metrics": _METRICS[shape.loss]} if training.classifies else {}
    seen = "rates" if restart else 'history.history["learning_rate"]'
    fit = call(
        "history = model.fit",
        "batches(begin)" if restart else "batches()",
        steps_per_epoch='len(run["batches"][0])',
        **({"initial_epoch": "begin"} if restart else {}),
        epochs=f'min(begin + {restart}, len(run["batches"]))' if restart else 'len(run["batches"])',
        **({"validation_data": "(x[held_back], y[held_back])"} if training.validation else {}),
        **({"callbacks": several(*callbacks)} if callbacks else {}),
        verbose="0",
    )
    return program(
        _title(training),
        [
            'jax.config.update("jax_enable_x64", True)',
            'keras.config.set_floatx("float64")',
            *_read(training, "np.array"),
        ],
        [
            listed,
            _ACCURACY.split("\n") if _own_accuracy(training) else [],
            (_BATCHES_FROM if restart else _BATCHES).split("\n"),
            [
                f"model = {call('keras.Sequential', several(f'keras.Input(({shape.sizes[0]},))', *hidden, last))}",
                'model.set_weights([np.array(part) for part in run["initial"]])',
                *before,
                *comments(training.notes),
                f"optimizer = {keras.optimizer(training, rate)}",
                call("model.compile", "optimizer", loss=_LOSSES[shape.loss], **metrics),
            ],
            [
                "rates = []",
                f'for begin in range(0, len(run["batches"]), {restart}):  # each time with a new callback',
                *indented([fit, 'rates += history.history["learning_rate"]']),
            ]
            if restart
            else [fit],
            [
                'print("end", *np.concatenate([part.ravel() for part in model.get_weights()]).tolist())',
                *(
                    [
                        f"rates = [*{seen}, float(model.optimizer.learning_rate)]",
                        'print("cuts", *[e + 1 for e in range(len(rates) - 1) if rates[e + 1] < rates[e]])',
                    ]
                    if watches
                    else []
                ),
            ],
        ],
        ['os.environ["KERAS_BACKEND"] = "jax"'],
    )


_LOSSES = {
    "squared_error": "keras.losses.MeanSquaredError()",
    "binary": "keras.losses.BinaryCrossentropy(from_logits=True)",
    "categorical": "keras.losses.SparseCategoricalCrossentropy(from_logits=True)",
}
_METRICS = {
    "squared_error": "[accuracy]",
    "binary": '[keras.metrics.BinaryAccuracy("accuracy", threshold=0.0)]',
    "categorical": '[keras.metrics.SparseCategoricalAccuracy("accuracy")]',
}
_ACCURACY = '''\
def accuracy(y, z):
    """Of labels -1 and 1, for which Keras has none."""
    return keras.ops.equal(y > 0, z > 0)'''
_BATCHES = """\
def batches():
    for epoch in run["batches"]:
        for rows in epoch:
            yield x[rows], y[rows]"""


_BATCHES_FROM = _BATCHES.replace("()", "(begin)").replace('run["batches"]', 'run["batches"][begin:]')


def _own_accuracy(training: Training) -> bool:
    return training.classifies and training.loss_kind == "squared_error"


def _mode(training: Training) -> str:
    return "max" if training.rising else "min"


def _pytorch(training: Training) -> str:
    shape, kind = training.shape, training.loss_kind
    bend = "torch.nn.Tanh()" if shape.activation == "tanh" else "torch.nn.ReLU()"
    layers = [f"torch.nn.Linear({i}, {o})" for i, o in zip(shape.sizes, shape.sizes[1:], strict=False)]
    modules = [part for layer in layers[:-1] for part in (layer, bend)] + layers[-1:]
    watches, restart = training.schedule_row.plateau, training["restart"]
    before: Lines = []
    rate, scheduler = literal(training.alpha), ""
    if watches:
        scheduler = pytorch.plateau(training, **({"mode": '"max"'} if training.rising else {}))
    else:
        before, rate, scheduler = pytorch.schedule(training)
    penalty = (
        f" + {literal(training['l2'])} * sum((layer.weight**2).sum() for layer in linear)" if training["l2"] else ""
    )
    logged = str(training.monitor).removeprefix("val_")
    sums = watches and not str(training.monitor).startswith("val_") and not training.by_batch
    clip = f"torch.nn.utils.clip_grad_norm_(model.parameters(), {literal(training['clipnorm'])})"
    score = {"loss": "loss.item()", "accuracy": "accuracy(z, y[rows])"}[logged]
    steps = ["step = 0"] if training.schedule == "one_cycle" else []
    lr = 'optimizer.param_groups[0]["lr"]'
    loop = [
        *([f"if epoch % {restart} == 0:  # resumed with a new one", f"    scheduler = {scheduler}"] if restart else []),
        *([f"rate = {lr}"] if watches else []),
        *(["total = 0.0"] if sums else []),
        "for rows in batches:",
        "    optimizer.zero_grad()",
        "    z = model(x[rows])",
        "    loss = loss_of(z, y[rows])",
        "    loss.backward()",
        *([f"    {clip}"] if training["clipnorm"] else []),
        "    optimizer.step()",
        *([f"    total += {score} * len(rows)"] if sums else []),
        *(["    scheduler.step(loss.item())"] if training.by_batch else []),
        *([] if watches else indented(pytorch.scheduled(training, scheduler))),
        *(["    step += 1"] if steps else []),
    ]
    if watches and not training.by_batch:
        held = "model(x[held_back])"
        value = f"loss_of({held}, y[held_back])" if logged == "loss" else f"accuracy({held}, y[held_back])"
        if sums:
            loop.append('monitored = total / len(run["rows"]["train"])')
        else:
            loop += ["with torch.no_grad():", f"    monitored = float({value})"]
        loop.append("scheduler.step(monitored)")
    if watches:
        loop += [f"if {lr} < rate:", "    cuts.append(epoch + 1)"]
    needs_accuracy = watches and logged == "accuracy"
    return program(
        _title(training),
        [
            "torch.set_default_dtype(torch.float64)",
            *_read(training, "torch.tensor"),
        ],
        [
            [
                f"model = {call('torch.nn.Sequential', *modules)}",
                "linear = [layer for layer in model if isinstance(layer, torch.nn.Linear)]",
                "with torch.no_grad():",
                '    for layer, kernel, bias in zip(linear, run["initial"][::2], run["initial"][1::2]):',
                "        layer.weight.copy_(torch.tensor(kernel).T)",
                "        layer.bias.copy_(torch.tensor(bias))",
            ],
            ["def loss_of(z, y):", f"    return torch.nn.functional.{_FUNCTIONS[kind]}(z, y){penalty}"],
            ["def accuracy(z, y):", f"    return ({_RIGHT[kind]}).double().mean().item()"] if needs_accuracy else [],
            [
                *([f"steps = {training.steps}"] if any("steps" in line for line in (*before, scheduler)) else []),
                *before,
                *comments(training.notes),
                f"optimizer = {pytorch.optimizer(training, 'model.parameters()', rate)}",
                *([f"scheduler = {scheduler}"] if scheduler and not restart else []),
                *(["cuts = []"] if watches else []),
                *steps,
            ],
            ['for epoch, batches in enumerate(run["batches"]):', *indented(loop)],
            [
                "ends = [part for layer in linear for part in (layer.weight.T, layer.bias)]",
                'print("end", *torch.cat([part.reshape(-1) for part in ends]).tolist())',
                *(['print("cuts", *cuts)'] if watches else []),
            ],
        ],
    )


_FUNCTIONS = {
    "squared_error": "mse_loss",
    "binary": "binary_cross_entropy_with_logits",
    "categorical": "cross_entropy",
}
_RIGHT = {
    "squared_error": "(z > 0) == (y > 0)",
    "binary": "(z > 0) == (y > 0)",
    "categorical": "z.argmax(1) == y",
}
