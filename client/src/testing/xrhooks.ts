/** `cnnwalk.xr`: what a visitor in a headset holds, points at and stands on; places are in the world, in m. */
import { Vector3, type Object3D } from 'three';

import type { Pointed } from '../scene/hologram';
import type { World } from '../scene/world';
import type { Hand, Side } from '../xr/hand';
import { linesOf, menusHook, type MenusHook, type Written } from './menuhooks';

export interface Spot3 {
  readonly x: number;
  readonly y: number;
  readonly z: number;
}

export interface HandHook {
  readonly present: boolean;
  readonly bare: boolean;
  readonly origin: Spot3;
  /** Where the palm is. */
  readonly grip: Spot3;
}

/** What floats above the tool. */
export interface HologramHook {
  readonly visible: boolean;
  readonly centre: Spot3;
  readonly zoom: number;
  /** Whether it is held so near that it magnifies. */
  readonly near: boolean;
  /** The pixel that is pointed at. */
  readonly pointed: Pointed | null;
  readonly lines: readonly string[];
  /** Height of its least capitals as the eye sees them, in degrees. */
  readonly textDegrees: number;
}

export interface XrHook {
  readonly tool: { readonly hand: Side; readonly visible: boolean; readonly position: Spot3 };
  /** Where the tool's ray ends on something; null where it meets nothing. */
  readonly reticle: Spot3 | null;
  /** What stands there in words; empty without. */
  readonly hint: string;
  /** What is written on the dataset panel. */
  readonly images: readonly Written[];
  readonly hologram: HologramHook;
  readonly rig: Spot3 & { readonly yaw: number; readonly scale: number };
  readonly hands: Readonly<Record<Side, HandHook>>;
  /** Where the visitor's head is, where it looks over the floor (to the left of -z, in rad), and where a teleport leads. */
  readonly head: Spot3 & { readonly heading: number };
  readonly landing: Spot3 | null;
  /** How much of the view's rim is dark, 0 to 1. */
  readonly vignette: number;
  readonly menus: MenusHook;
}

/** Null outside VR. */
export function xrHook(world: World): XrHook | null {
  const { immersive, tool, rig } = world;
  if (!immersive.active) return null;
  const { hands, toolHand, pointers, tooltip } = immersive;
  const { ray, met } = pointers.tool;
  return {
    tool: { hand: toolHand.side, visible: tool.object.visible, position: spot(tool.tip) },
    reticle: met.distance < Infinity ? spot(ray.at(met.distance, new Vector3())) : null,
    hint: tooltip.text,
    images: world.dataset.boards.flatMap(linesOf),
    hologram: hologramHook(world),
    rig: { ...spot(rig.object.position), yaw: rig.object.rotation.y, scale: rig.object.scale.x },
    ...whereabouts(world),
    hands: { left: handHook(hands.left), right: handHook(hands.right) },
    menus: menusHook(world.menus),
  };
}

function whereabouts({ rig, immersive }: World): Pick<XrHook, 'head' | 'landing' | 'vignette'> {
  const { landing, vignette } = immersive.locomotion;
  return {
    head: { ...spot(rig.head(new Vector3())), heading: rig.heading },
    landing: landing === null ? null : spot(landing),
    vignette,
  };
}

export function hologramHook({ camera, tool: { hologram, near } }: World): HologramHook {
  return {
    visible: hologram.shown,
    centre: spot(hologram.centre(new Vector3())),
    zoom: hologram.lens.zoom,
    near,
    pointed: hologram.pointed,
    lines: hologram.text.lines,
    textDegrees: degreesOf(hologram.text.capital, hologram.object, camera),
  };
}

/** How high something in an object's space is that faces the eye, in degrees. */
function degreesOf(height: number, object: Object3D, camera: Object3D): number {
  const away = object.getWorldPosition(new Vector3()).distanceTo(camera.getWorldPosition(new Vector3()));
  return (Math.atan((height * object.getWorldScale(new Vector3()).x) / away) * 180) / Math.PI;
}

function handHook({ present, bare, ray, grip }: Hand): HandHook {
  return { present, bare, origin: spot(ray.origin), grip: spot(new Vector3().setFromMatrixPosition(grip)) };
}

export function spot({ x, y, z }: Vector3): Spot3 {
  return { x, y, z };
}
