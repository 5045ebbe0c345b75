/** Puts the page together: the state, the actions on it, the hall that shows it. */
import { Actions } from './model/actions';
import { State } from './model/state';
import { Api } from './net/api';
import { probeGraphics } from './scene/graphics';
import { World } from './scene/world';

function start(): void {
  const graphics = probeGraphics();
  const state = new State();
  const actions = new Actions(state, new Api());
  const hall = document.createElement('div');
  document.body.append(hall);
  const world = new World(hall, state, actions, graphics);
  world.start();
  void actions.arrive(new URLSearchParams(location.search).get('network'));
}

start();
