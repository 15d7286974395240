// Runs the tests in Node's own context, so that the packages that `runtime.mjs` shares and the code under test have the same classes.
import vm from 'node:vm';
import { ModernFakeTimers } from '@jest/fake-timers';
import { ModuleMocker } from 'jest-mock';
import { isStore, sharesSources, takeStores } from './sharing.mjs';

/** Stands for Node's own context, since jest wants one made by `vm`. */
const MAIN_CONTEXT = vm.createContext({});

const { compileFunction } = vm;
/** By file. A module's compiled function has no state, so the test files of a worker can share it. */
const compiled = new Map();

vm.compileFunction = (code, parameters, { parsingContext, ...options } = {}) => {
  if (parsingContext !== MAIN_CONTEXT) return compileFunction(code, parameters, { parsingContext, ...options });
  const known = compiled.get(options.filename);
  if (known?.code === code) return known.run;
  const run = compileFunction(code, parameters, options);
  compiled.set(options.filename, { code, run });
  return run;
};

export default class MainContextEnvironment {
  global = globalThis;
  exportConditions = () => ['node', 'node-addons'];
  getVmContext = () => MAIN_CONTEXT;

  constructor({ projectConfig, globalConfig }, { testPath }) {
    // Of `jest.rounds.config.js`. Otherwise the caller's environment says it.
    const { database } = projectConfig.testEnvironmentOptions;
    if (database) process.env.TEST_DATABASE = database;
    this.isSharing = sharesSources(testPath, globalConfig);
    this.giveBackStores = this.isSharing ? () => {} : takeStores();
    this.before = stateOfProcess();
    this.moduleMocker = new ModuleMocker(globalThis);
    this.fakeTimersModern = new ModernFakeTimers({ config: projectConfig, global: globalThis });
    Error.stackTraceLimit = 50;
  }

  async setup() {}

  /** Leaves nothing of a test file for the next one of the worker. */
  async teardown() {
    this.fakeTimersModern.dispose();
    restoreProcess(this.before, this.isSharing ? isStore : () => false);
    this.giveBackStores();
  }
}

function stateOfProcess() {
  return {
    globals: new Set(Reflect.ownKeys(globalThis)),
    console: globalThis.console,
    exit: process.exit,
    env: { ...process.env },
    listeners: new Map(process.eventNames().map((name) => [name, process.rawListeners(name)])),
  };
}

function restoreProcess({ globals, console, exit, env, listeners }, isKept) {
  for (const name of Reflect.ownKeys(globalThis))
    if (!globals.has(name) && !isKept(name)) Reflect.deleteProperty(globalThis, name);
  globalThis.console = console;
  process.exit = exit;
  for (const name of Object.keys(process.env)) if (!(name in env)) delete process.env[name];
  Object.assign(process.env, env);
  for (const name of process.eventNames())
    for (const listener of process.rawListeners(name))
      if (!listeners.get(name)?.includes(listener)) process.off(name, listener);
}
