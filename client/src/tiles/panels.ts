/** Draws the panels: one instanced draw for each page that holds something visible. */
import {
  Box3,
  BufferAttribute,
  DoubleSide,
  Group,
  InstancedBufferGeometry,
  InstancedInterleavedBuffer,
  InterleavedBufferAttribute,
  Mesh,
  ShaderMaterial,
  Sphere,
  UniformsLib,
  UniformsUtils,
  Vector3,
  type IUniform,
} from 'three';

import { MAP_COLORS, type MapColors } from '../model/mapcolors';
import type { Instance } from './instances';
import type { Page } from './page';
import type { Poses } from './poses';
import { VERTEX_SHADER } from './shaders';

const FLOATS = 11;
const FIRST_CAPACITY = 64;

/** What all pages share. */
export class PanelGroup {
  readonly object = new Group();
  /** How often a panel was given another grid; who draws cells of its own sees it change. */
  regridded = 0;
  private readonly meshes: PageMesh[] = [];
  private readonly shared = {
    outlined: { value: new Vector3(-1, 0, 0) },
    positive: { value: new Vector3() },
    negative: { value: new Vector3() },
    nonFinite: { value: new Vector3() },
  };

  constructor(readonly poses: Poses) {
    this.object.name = 'panels';
    this.color(MAP_COLORS.paper);
  }

  /** Adds what is drawn of one page by a fragment shader. */
  add(page: Page, fragmentShader: string): PageMesh {
    const mesh = new PageMesh(page, fragmentShader, this.poses, this.shared);
    this.object.add(mesh.object);
    this.meshes.push(mesh);
    return mesh;
  }

  /** Draws maps in these colours. */
  color({ positive, negative, nonFinite }: MapColors): void {
    this.shared.positive.value.set(...positive);
    this.shared.negative.value.set(...negative);
    this.shared.nonFinite.value.set(...nonFinite);
  }

  /** A panel stands elsewhere: what draws it is looked for there. */
  moved(): void {
    for (const mesh of this.meshes) mesh.bound();
  }

  /** Outlines one cell; none with panel -1. */
  outline(panel: number, column: number, row: number): void {
    this.shared.outlined.value.set(panel, column, row);
  }
}

export class PageMesh {
  readonly object: Mesh<InstancedBufferGeometry, ShaderMaterial>;
  private buffer: InstancedInterleavedBuffer;
  private readonly box = new Box3();
  private readonly corner = new Vector3();

  constructor(
    page: Page,
    fragmentShader: string,
    private readonly poses: Poses,
    shared: Record<string, IUniform>,
  ) {
    const geometry = new InstancedBufferGeometry();
    const corners = new Float32Array([0, 0, 0, 1, 0, 0, 0, 1, 0, 1, 1, 0]);
    geometry.setAttribute('position', new BufferAttribute(corners, 3));
    geometry.setIndex([0, 2, 1, 1, 2, 3]);
    geometry.boundingSphere = new Sphere();
    const material = new ShaderMaterial({
      vertexShader: VERTEX_SHADER,
      fragmentShader,
      side: DoubleSide,
      fog: true,
      uniforms: {
        ...UniformsUtils.clone(UniformsLib.fog),
        ...shared,
        poses: { value: poses.texture },
        page: { value: page.texture },
        pageHeight: { value: page.height },
      },
    });
    this.object = new Mesh(geometry, material);
    this.object.matrixAutoUpdate = false;
    this.buffer = this.reserve(FIRST_CAPACITY);
    this.show([]);
  }

  /** Draws exactly these pieces. */
  show(instances: readonly Instance[]): void {
    if (instances.length * FLOATS > this.buffer.array.length) {
      this.buffer = this.reserve(2 ** Math.ceil(Math.log2(instances.length)));
    }
    instances.forEach((instance, index) => {
      this.write(instance, index);
    });
    this.buffer.needsUpdate = true;
    this.object.geometry.instanceCount = instances.length;
    this.object.visible = instances.length > 0;
    this.bound();
  }

  /** Finds the sphere around all that is drawn. */
  bound(): void {
    const { array } = this.buffer;
    const { geometry } = this.object;
    const { box, corner, poses } = this;
    box.makeEmpty();
    for (let at = 0; at < geometry.instanceCount * FLOATS; at += FLOATS) {
      const panel = array[at] ?? 0;
      const column = array[at + 1] ?? 0;
      const row = array[at + 2] ?? 0;
      box.expandByPoint(poses.point(panel, column, row, corner));
      box.expandByPoint(poses.point(panel, column + (array[at + 3] ?? 0), row + (array[at + 4] ?? 0), corner));
    }
    if (geometry.boundingSphere) box.getBoundingSphere(geometry.boundingSphere);
  }

  dispose(): void {
    this.object.removeFromParent();
    this.object.geometry.dispose();
    this.object.material.dispose();
  }

  private write(instance: Instance, index: number): void {
    const { panel, column, row, columns, rows, x, y, cell, inner } = instance;
    (this.buffer.array as Float32Array).set(
      [panel, column, row, columns, rows, x, y, cell.width, cell.height, inner.width, inner.height],
      index * FLOATS,
    );
  }

  /** Makes room for this many instances. */
  private reserve(capacity: number): InstancedInterleavedBuffer {
    const { geometry } = this.object;
    // A buffer that is on the GPU cannot grow; disposing makes three forget the old one.
    geometry.dispose();
    const buffer = new InstancedInterleavedBuffer(new Float32Array(capacity * FLOATS), FLOATS);
    geometry.setAttribute('panel', new InterleavedBufferAttribute(buffer, 1, 0));
    geometry.setAttribute('cells', new InterleavedBufferAttribute(buffer, 4, 1));
    geometry.setAttribute('texels', new InterleavedBufferAttribute(buffer, 4, 5));
    geometry.setAttribute('inner', new InterleavedBufferAttribute(buffer, 2, 9));
    return buffer;
  }
}

