/** The server's messages, by the names they have there; generated from its OpenAPI document. */
import type { components } from './api.gen';

type Schemas = components['schemas'];

export type Health = Schemas['Health'];
export type WalkInfo = Schemas['WalkInfo'];
export type NetworkSummary = Schemas['NetworkSummary'];
export type Classes = Schemas['Classes'];
export type DatasetSummary = Schemas['DatasetSummary'];
export type Hall = Schemas['Hall'];
export type Course = Hall['course'];
export type Graph = Schemas['Graph'];
export type Layer = Schemas['Layer'];
export type Block = Schemas['Block'];
export type Arrangement = Schemas['Arrangement'];
export type Panel = Schemas['Panel'];
export type Route = Schemas['Route'];
export type Sign = Schemas['Sign'];
export type InputFrame = Schemas['InputFrame'];
export type Placements = Schemas['Placements'];
export type ChannelFigures = Schemas['ChannelFigures'];
export type ImageInfo = Schemas['ImageInfo'];
export type Draw = Schemas['Draw'];
export type WeightStatistics = Schemas['WeightStatistics'];
export type Statistics = Schemas['Statistics'];
export type Prediction = Schemas['Prediction'];
export type Visualization = Schemas['Visualization'];
export type VisualizationAsked = Schemas['VisualizationAsked'];
export type VisualizationMode = Visualization['mode'];
export type VisualizationEstimate = Schemas['VisualizationEstimate'];
export type VisualizedChannel = Schemas['VisualizedChannel'];
export type Problem = Schemas['Problem'];
export type LayerHeader = Schemas['LayerHeader'];
export type ResultHeader = Schemas['ResultHeader'];
export type Segment = Schemas['Segment'];
export type Segmentation = Schemas['Segmentation'];
export type Detection = Schemas['Detection'];
export type Detections = Schemas['Detections'];
export type ValuesHeader = Schemas['ValuesHeader'];
export type ProblemHeader = Schemas['ProblemHeader'];
/** The end of a pass; with a segmentation `places` has, for each pixel, a place in its segments. */
export interface PassResult extends ResultHeader {
  readonly places: Uint8Array<ArrayBuffer> | null;
}
export type FrameHeader = LayerHeader | ResultHeader | ValuesHeader | ProblemHeader;
