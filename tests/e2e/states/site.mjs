// The sites from which the pictures of the panel's states are taken.

/** @typedef {import('../lib/lab-page.mjs').LabPage} LabPage */
/** @typedef {import('../lib/lab.mjs').Lab} Lab */

/** @typedef {'ready' | 'attention' | 'loading' | 'starting' | 'error' | 'no-cluster' | 'unknown'} ChipName */

/**
 * A state: its picture's name, the words that identify it, and how it is produced.
 *
 * @typedef {object} State
 * @property {string} name
 * @property {RegExp} telling
 * @property {(lab: LabPage) => Promise<unknown>} arrange
 * @property {ChipName} [chip] The name of the pictures of the chip and the badge, if they are those to show for a state.
 * @property {boolean} [onlyChip] Its panel is not worth a picture.
 * @property {(lab: LabPage, change: () => Promise<void>) => Promise<void>} [themed]
 *   Changes the theme if the state would not allow that.
 */

/**
 * A JupyterLab whose panel can be brought into some states.
 *
 * @typedef {object} Site
 * @property {Lab} jupyter
 * @property {(lab: LabPage) => Promise<void>} [open] Signs in, if that takes more than an address.
 * @property {() => Promise<void>} [heal] Undoes what the last state has broken.
 * @property {() => Promise<void>} stop
 * @property {State[]} states
 */

/** @typedef {() => Promise<Site>} StartSite */

export {};
