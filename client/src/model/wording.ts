/**
 * What visitors choose among, in the words by which every place of the page says it: the dialogs
 * and cards at a desk, and the headset's boards, where `what` has no room.
 */
import type { Course, VisualizationMode } from '../net/types';
import { SNAPS, type Preferences } from './preferences';
import type { OrderBy } from './orders';
import type { Zoom } from './panelview';
import type { Scaling } from './state';

/** `what`: a few words on what it means, where there is room for them. */
export interface Option<T> {
  readonly value: T;
  readonly label: string;
  readonly what?: string;
}

/** What is chosen, and among what. */
export interface Choice<T> {
  readonly name: string;
  readonly options: readonly Option<T>[];
}

type Preferred<Name extends keyof Preferences> = Choice<Preferences[Name]['value']>;

export const BRIGHTNESS: Choice<Scaling> = {
  name: 'Brightness',
  options: [
    { value: 'layer', label: 'per layer', what: 'channels compare; weak ones are dark' },
    { value: 'channel', label: 'per channel', what: 'every map shows its structure' },
  ],
};

export const COLOURS: Preferred<'colors'> = {
  name: 'Colours',
  options: [
    { value: 'paper', label: 'blue to white', what: 'as in the paper' },
    { value: 'safe', label: 'blue to orange', what: 'for every kind of colour vision' },
  ],
};

export const COURSE: Choice<Course> = {
  name: 'Course',
  options: [
    { value: 'straight', label: 'straight', what: 'from the input ahead to the output' },
    { value: 'spiral', label: 'spiral', what: 'wound up, so that the far end is near' },
  ],
};

/** Of a panel: its maps, or the pictures that take their place. */
export const SIDE: Choice<boolean> = {
  name: 'Shows',
  options: [
    { value: false, label: 'Activations' },
    { value: true, label: 'Pictures' },
  ],
};

/** Of a panel's channels. */
export const ORDER: Choice<OrderBy> = {
  name: 'Order by',
  options: [
    { value: 'index', label: 'number' },
    { value: 'mean', label: 'mean', what: 'largest first' },
    { value: 'maximum', label: 'maximum', what: 'largest first' },
  ],
};

/** Of a panel, which keeps its own size. */
export const MAPS: Choice<Zoom> = {
  name: 'Maps',
  options: [
    { value: 1, label: 'all' },
    { value: 2, label: '2 \u00d7 as large' },
    { value: 4, label: '4 \u00d7 as large' },
  ],
};

/** How a layer's pictures are made; null: as suits it. */
export const MODE: Choice<VisualizationMode | null> = {
  name: 'Mode',
  options: [
    { value: null, label: 'usual', what: 'what suits the layer: patterns early, objects late' },
    { value: 'natural', label: 'natural', what: 'objects that one recognizes, best in late layers' },
    { value: 'texture', label: 'texture', what: 'crisp patterns, best in early and middle layers' },
    { value: 'maco', label: 'MaCo', what: 'soft, with the spectrum of photographs' },
    { value: 'paper', label: 'paper', what: 'the paper\u2019s algorithm step by step, for comparison' },
  ],
};

/** What pictures form from. */
export const BEGINNING: Choice<'noise' | 'image'> = {
  name: 'Begin with',
  options: [
    { value: 'noise', label: 'noise' },
    { value: 'image', label: 'inserted image' },
  ],
};

export const TOOL: Preferred<'hand'> = {
  name: 'Tool',
  options: [
    { value: 'left', label: 'left hand' },
    { value: 'right', label: 'right hand' },
  ],
};

export const MOVING: Preferred<'moving'> = {
  name: 'Moving',
  options: [
    { value: 'teleport', label: 'teleport' },
    { value: 'smooth', label: 'smooth' },
  ],
};

export const TURNING: Preferred<'turning'> = {
  name: 'Turning',
  options: [
    { value: 'snap', label: 'in steps' },
    { value: 'smooth', label: 'smooth' },
  ],
};

export const STEPS: Preferred<'snapDegrees'> = {
  name: 'Steps of',
  options: SNAPS.map((value) => ({ value, label: `${value}\u00b0` })),
};

export const RIM: Preferred<'vignette'> = {
  name: 'Dark rim',
  options: [
    { value: 'off', label: 'none' },
    { value: 'light', label: 'light' },
    { value: 'strong', label: 'strong' },
  ],
};

export const POSTURE: Preferred<'posture'> = {
  name: 'Posture',
  options: [
    { value: 'standing', label: 'standing' },
    { value: 'seated', label: 'seated' },
  ],
};

/** What one may save of a layer. */
export const SAVING = { values: 'Values .npz', sheet: 'Maps .png' } as const;

/** Puts the image that was inserted before in the place of the one that is there. */
export const IMAGE_BEFORE = 'Image before';
