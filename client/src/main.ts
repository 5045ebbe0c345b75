/** Puts the page together: the state, the actions on it, the hall that shows it. */
import { Actions } from './model/actions';
import { State } from './model/state';
import { Api } from './net/api';
import { Connection } from './net/connection';
import { probeGraphics } from './scene/graphics';
import { World } from './scene/world';
import { installEmulatorIfAsked } from './testing/emulator';
import { watchErrors } from './testing/errors';
import { installHooks } from './testing/hooks';
import { mountUi } from './ui';
import { arrivalScreen } from './ui/arrival';
import { turnedBefore } from './ui/turned';

const NO_WEBGL =
  'This page draws with WebGL 2, which this browser does not offer. Turn on hardware ' +
  'acceleration in its settings, or open the page in a current Chrome, Edge, Firefox or Safari.';

async function start(): Promise<void> {
  watchErrors();
  await installEmulatorIfAsked();
  const state = new State();
  const graphics = probeGraphics();
  if (!graphics.webgl2) {
    state.arrival.value = { stage: 'failed', text: NO_WEBGL };
    document.body.append(arrivalScreen(state));
    return;
  }
  const actions = new Actions(state, new Api());
  const hall = document.createElement('div');
  document.body.append(hall);
  const world = new World(hall, state, actions, graphics);
  const turned = turnedBefore();
  mountUi(document.body, state, actions, world, graphics.software);
  installHooks(state, world);
  watchConnection(state, actions);
  world.start();
  await actions.arrive(new URLSearchParams(location.search), turned);
}

function watchConnection(state: State, actions: Actions): void {
  const connection = new Connection(state, {
    health: () => actions.api.health(),
    resume: () => actions.resume(),
    again: () => {
      actions.againWhereFailed();
    },
    reloadPage: () => {
      location.reload();
    },
  });
  actions.onTrouble = () => {
    connection.check();
  };
  connection.start();
}

void start();
