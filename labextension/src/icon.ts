/** Spark Monitor's icon, for the panel, its tabs and the launcher. */
import { LabIcon } from '@jupyterlab/ui-components';

export const icon = new LabIcon({
  name: 'berdl-spark-monitor:icon',
  svgstr:
    '<svg xmlns="http://www.w3.org/2000/svg" width="16" viewBox="0 0 24 24">' +
    '<path class="jp-icon3 jp-icon-selectable" fill="#616161" ' +
    'd="M13.5 2 5 13.2h5.4L9 22l9.6-12.2h-6z"/></svg>'
});
