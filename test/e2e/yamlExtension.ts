/** A stand-in for Red Hat's YAML extension, which npm does not have: its id, its documents and its settings over its own server. */
import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

const languages = ['yaml', 'dockercompose', 'github-actions-workflow'];

/** Installs it into a workbench that has not started yet; `program` is its bundle, of yamlExtensionMain.ts. */
export function writeYamlExtension(extensions: string, program: string): void {
  const folder = join(extensions, 'redhat.vscode-yaml-1.0.0');
  const yaml = createRequire(import.meta.url).resolve('yaml-language-server/package.json');
  mkdirSync(folder, { recursive: true });
  copyFileSync(program, join(folder, 'main.cjs'));
  const manifest = {
    publisher: 'redhat',
    name: 'vscode-yaml',
    version: '1.0.0',
    engines: { vscode: '^1.100.0' },
    main: './main.cjs',
    extensionKind: ['workspace'],
    activationEvents: languages.map((language) => `onLanguage:${language}`),
    contributes: {
      languages: [{ id: 'yaml', aliases: ['YAML'], extensions: ['.yaml', '.yml', '.eyaml', '.eyml'] }],
      configurationDefaults: {
        '[yaml]': { 'editor.insertSpaces': true, 'editor.tabSize': 2, 'editor.autoIndent': 'advanced' },
      },
    },
    server: join(yaml, '..', 'bin', 'yaml-language-server'),
  };
  writeFileSync(join(folder, 'package.json'), JSON.stringify(manifest));
}

/** What a person has set who checks every YAML file of the folder by a schema; and our formatter, which is off by itself. */
export function writeYamlSettings(workspace: string): void {
  const schema = join(workspace, 'deploy.schema.json');
  const properties = {
    image: { type: 'string', description: 'The image that is run.' },
    replicas: { type: 'integer', description: 'How many copies run.' },
  };
  writeFileSync(schema, JSON.stringify({ type: 'object', additionalProperties: false, properties }));
  mkdirSync(join(workspace, '.vscode'), { recursive: true });
  const settings = {
    'yaml.schemas': { [`file://${schema}`]: ['*.yaml', '*.yml'] },
    'yaml.schemaStore.enable': false,
    'yaml.format.enable': true,
    'modelwright.format.enable': true,
  };
  writeFileSync(join(workspace, '.vscode', 'settings.json'), JSON.stringify(settings));
}
