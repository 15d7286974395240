import { EventEmitter } from 'node:events';
import { createRequire } from 'node:module';

/** What a node of Node-RED does with a message. */
interface RunningNode {
  /** Resolves to the messages that the node sends when it is done with this one. @throws what it reports */
  send(message: object): Promise<any[]>;
}

type NodeConstructor = (this: object, settings: object) => void;

/** The part of Node-RED's runtime that runs the nodes of `node-red-contrib-influxdb` outside its editor. */
export class NodeRed {
  private readonly types = new Map<string, NodeConstructor>();
  private readonly running = new Map<string, object>();

  constructor() {
    const register = createRequire(__filename)('node-red-contrib-influxdb') as (red: object) => void;
    register({
      _: (name: string) => name,
      nodes: {
        createNode: (node: object, { credentials }: any) => Object.assign(node, { credentials }),
        getNode: (id: string) => this.running.get(id),
        registerType: (name: string, type: NodeConstructor) => this.types.set(name, type),
      },
    });
  }

  create(type: string, settings: { readonly id: string; readonly [name: string]: unknown }): RunningNode {
    const create = this.types.get(type);
    if (!create) throw new Error(`There is no node ${type}`);
    const node = new EventEmitter();
    create.call(node, settings);
    this.running.set(settings.id, node);
    return {
      send: (message) =>
        new Promise((resolve, reject) => {
          const sent: unknown[] = [];
          const done = (cause?: Error) => (cause ? reject(cause) : resolve(sent));
          node.emit('input', message, (one: unknown) => sent.push(one), done);
        }),
    };
  }
}
