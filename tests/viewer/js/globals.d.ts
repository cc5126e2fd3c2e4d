/* What the page's scripts share: each adds its functions to one object, and Leaflet is there. */
declare var Enping: any;
declare namespace Enping {
  type BoxTree = any;
  type Brush = any;
  type Columns = any;
  type PlotTable = any;
  type Slices = any;
}
declare var L: any;
declare namespace L {
  type Bounds = any;
  type GridLayer = any;
  type LatLng = any;
  type LatLngBounds = any;
  type Layer = any;
  type Map = any;
  type Point = any;
}
interface Window {
  enping: any;
  Enping: any;
}
