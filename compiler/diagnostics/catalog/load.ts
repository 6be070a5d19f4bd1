import { defineCatalog } from './entry.ts';

/** NT10xx files, NT11xx YAML, NT12xx schema and documents, NT13xx secrets, NT14xx schemas of task types. */
export const load = defineCatalog({
  NT1001: {
    severity: 'error',
    exit: 1,
    message: '`{path}` is {what}, and only regular files are read',
    explanation: `A link or a device can lead outside the repository, where nobody reviews, or make the compiler wait for ever. So no part of a path below \`spec/\` may be a symbolic link, and a file may not have a second name (hard link).

Put a copy of the content there:

\`\`\`
cp --remove-destination "$(readlink -f spec/teams/a/b.yaml)" spec/teams/a/b.yaml
\`\`\``,
  },
  NT1002: {
    severity: 'error',
    exit: 4,
    message: '`{path}` holds {size} bytes, more than the limit of {limit}',
    explanation: `A spec file may hold 256 KiB. Larger files take long to review and are usually data that belongs elsewhere.

Split the file: one fleet a file is a good habit. A large prompt or schema can be split as well.`,
  },
  NT1003: {
    severity: 'error',
    exit: 4,
    message: '`spec/` holds more than {limit} files',
    explanation: `A spec may hold 20,000 files, ten for each of 2,000 fleets. More is usually a folder that was copied by mistake (a \`node_modules\`, a checkout).

Remove what does not belong below \`spec/\`.`,
  },
  NT1004: {
    severity: 'error',
    exit: 4,
    message: 'the files of `spec/` hold more than {limit} bytes together',
    explanation: `A spec may hold 16 MiB in all, which is enough for 2,000 fleets. The limit keeps every compile within a few seconds and a known amount of memory.

Remove files that nothing refers to; the check for orphans names them once the spec is small enough to read.`,
  },
  NT1005: {
    severity: 'error',
    exit: 1,
    message: 'byte {offset} is not UTF-8',
    explanation: `All files are read as UTF-8. Other encodings would turn letters into others without a word.

Convert the file:

\`\`\`
iconv -f latin1 -t utf-8 old.yaml > new.yaml
\`\`\``,
  },
  NT1006: {
    severity: 'error',
    exit: 1,
    message: '`{path}` cannot be read: {reason}',
    explanation: `The operating system refused to open the file or the folder. Nothing is compiled from half a spec.

Give yourself the right to read it (\`chmod u+r\`), or remove it.`,
  },
  NT1007: {
    severity: 'warning',
    exit: 1,
    message: '`{path}` is not read: {reason}',
    explanation: `Only known places and endings are read, so that a file never counts by accident. Below \`spec/\`:

- \`*.yaml\` beside \`company.yaml\`, and in \`environments/\`, \`providers/\`, \`tools/\` and \`teams/<team>/\`
- \`*.json\` (schemas), \`*.md\` and \`*.txt\` (prompts) in \`teams/<team>/\`

Move the file, or remove it.`,
  },
  NT1008: {
    severity: 'error',
    exit: 1,
    message: 'there is no spec to read in `{path}`',
    explanation: `The compiler reads \`spec/\` of the folder it is called in, and it must hold at least a Company document.

Change to the repository's root, say where it is with \`-C <dir>\`, or begin with \`nova-torch init\`.`,
  },
  NT1009: {
    severity: 'error',
    exit: 1,
    message: '`{path}` must end with `.yaml` to be read',
    explanation: `Documents end with \`.yaml\`, in lower case. A file with another ending would be left out without a word: its fleets would be gone from what is generated, and references to them would lead nowhere. What may stand in it is not said to be missing.

Rename the file:

\`\`\`
git mv spec/teams/support/triage.yml spec/teams/support/triage.yaml
\`\`\``,
  },
  NT1101: {
    severity: 'error',
    exit: 1,
    message: 'this is not YAML: {reason}',
    explanation: `The file cannot be read past this place. Usually an indentation is off by some blanks, a quote is not closed, or a value holds \`: \` and needs quotes:

\`\`\`
description: "Answers: all of them"
\`\`\``,
  },
  NT1102: {
    severity: 'error',
    exit: 4,
    message: 'anchors and aliases are not allowed',
    explanation: `An alias repeats a part of the document, and aliases of aliases repeat it without bound: half a kilobyte can ask for gigabytes. They also hide what a reviewer should see.

Write the value out, or put it where defaults belong: the environment's or the company's \`defaults\`.`,
  },
  NT1103: {
    severity: 'error',
    exit: 1,
    message: 'merge keys (`<<`) are not allowed',
    explanation: `Merge keys are not part of YAML 1.2, readers disagree on them, and they hide what a document says.

Write the fields out, or use the \`defaults\` of the environment or the company.`,
  },
  NT1104: {
    severity: 'error',
    exit: 1,
    message: 'tags are not allowed',
    explanation: `A tag (\`!!binary\`, \`!custom\`) changes what a value is, in ways that differ between readers. The schema already says what each field is.

Remove the tag. To write a number as text, put it in quotes.`,
  },
  NT1105: {
    severity: 'error',
    exit: 1,
    message: 'directives and document end marks are not allowed',
    explanation: `A line such as \`%YAML 1.1\` changes how everything below it is read: \`no\` becomes false and \`0777\` becomes 511, without a word.

A line \`...\` ends a document in ways readers disagree on.

Remove the line. Specs are YAML 1.2, and \`---\` divides documents.`,
  },
  NT1106: {
    severity: 'error',
    exit: 1,
    message: 'a key must be text, found {found}',
    explanation: `Keys name fields. A list, a map, nothing or a number as a key reads differently in every reader.

Put a number in quotes to use it as a name: \`"8080": web\`.`,
  },
  NT1107: {
    severity: 'error',
    exit: 1,
    message: '`{key}` is given twice',
    explanation: `Readers keep the first, the last, or fail. One of the two values would be lost without a word.

Remove one of them, or merge them.`,
  },
  NT1108: {
    severity: 'error',
    exit: 1,
    message: '`{key}` cannot be a key',
    explanation: `\`__proto__\`, \`constructor\` and \`prototype\` have a meaning of their own in JavaScript. As keys they could change values elsewhere.

Choose another name.`,
  },
  NT1109: {
    severity: 'error',
    exit: 1,
    message: '`{text}` is not a plain decimal number',
    explanation: `Numbers are written like \`12\` or \`0.5\`. Octal, hexadecimal, underscores, exponents, infinity, and integers beyond 9007199254740991 are read differently by different readers, or rounded.

Write the number in plain decimal; put it in quotes when it is meant as text.`,
  },
  NT1110: {
    severity: 'error',
    exit: 1,
    message: 'the character {character} is not allowed',
    explanation: `Control characters, line breaks other than LF and CRLF, and halves of character pairs are invisible here and can split a value or a document in the readers that come after.

Remove it. In most editors a search for the character finds it.`,
  },
  NT1111: {
    severity: 'error',
    exit: 1,
    message: 'the invisible character {character} is not allowed',
    explanation: `Characters that turn the writing direction or take no room let a text look different from what it is, in comments too.

Remove it. If it came with a copied text, type that text again.`,
  },
  NT1112: {
    severity: 'error',
    exit: 1,
    message: 'a tab cannot indent',
    explanation: `YAML is indented with blanks, and every reader takes a tab to be of another width.

Replace the tab by blanks.`,
  },
  NT1113: {
    severity: 'error',
    exit: 4,
    message: 'a map holds more than {limit} keys',
    explanation: `A map of this size takes some readers seconds to minutes, and nobody can review it.

Split the document.`,
  },
  NT1114: {
    severity: 'error',
    exit: 4,
    message: 'values are nested deeper than {limit}',
    explanation: `No field of the language is nested even half as deep. Such files are made to exhaust a reader.

Flatten the value.`,
  },
  NT1115: {
    severity: 'error',
    exit: 4,
    message: 'the file holds more than {limit} documents',
    explanation: `A file may hold 64 documents, divided by \`---\`.

Divide it into several files; names of files are free.`,
  },
  NT1116: {
    severity: 'error',
    exit: 1,
    message: 'this text is not in the composed form of Unicode (NFC)',
    explanation: `The same letter can be written as one character or as a letter and an accent. The two look alike and are not equal, so names and searches miss each other.

\`nova-torch fix\` rewrites the text; nothing changes to the eye.`,
  },
  NT1117: {
    severity: 'error',
    exit: 1,
    message: 'the document is empty',
    explanation: `Between two \`---\` stands no value. It is usually what is left of a deleted document.

Remove the divider.`,
  },
  NT1118: {
    severity: 'error',
    exit: 1,
    message: 'the file is empty',
    explanation: `It holds no document, perhaps only comments. Either it was begun and forgotten, or an accident emptied it: then the fleets and routes that stood in it would be gone from what is generated. What refers to them is not reported before this is clear.

Restore the file (\`git checkout -- <file>\`), write the document, or remove the file.`,
  },
  NT1119: {
    severity: 'error',
    exit: 1,
    message: '`{text}` is text here and {other} to YAML 1.1 readers',
    explanation: `Tools that read YAML 1.1 (and people) take \`yes\`, \`no\`, \`on\`, \`off\`, \`y\`, \`n\`, \`12:30\`, \`1_000\` and \`0o17\` for booleans and numbers; YAML 1.2 takes them for text. What is meant must not depend on the reader.

Put it in quotes; write \`true\` or \`false\` for a boolean.`,
  },
  NT1120: {
    severity: 'error',
    exit: 1,
    message: 'this file holds a merge conflict that nobody has resolved',
    explanation: `Git wrote both sides of a conflict into the file, between lines that begin with \`<<<<<<<\` and \`>>>>>>>\`. Which of them is meant nobody can know, so nothing in the file is read until one is left.

Choose a side, or write what both want, and remove the marks. \`git diff --check\` finds those that are left.`,
  },
  NT1201: {
    severity: 'error',
    exit: 1,
    message: 'unknown field `{field}` in {place}',
    explanation: `A field that is not in the schema would be ignored, and a misspelled one is a setting you believe is on. So unknown fields are refused.

Correct the name, or remove the field. \`nova-torch schema\` prints all of them, and editors complete them.`,
  },
  NT1202: {
    severity: 'error',
    exit: 1,
    message: '{place} lacks {fields}',
    explanation: `The field has no default that would be right for everybody.

Add it. \`nova-torch explain\` with the field's name tells what it means.`,
  },
  NT1203: {
    severity: 'error',
    exit: 1,
    message: '{place} must be {expected}, found {found}',
    explanation: `The value has another type than the field. Text that looks like a number or a boolean needs quotes:

\`\`\`
kubernetes: "1.33"
\`\`\``,
  },
  NT1204: {
    severity: 'error',
    exit: 1,
    message: '{place} cannot be `{value}`',
    explanation: `The field takes one of a few values; the note below the message lists them.

Choose one of them.`,
  },
  NT1205: {
    severity: 'error',
    exit: 1,
    message: '{place} must be {bound}, found {value}',
    explanation: `The number lies outside what the field can mean or the platform can run.

Choose a number within the bounds.`,
  },
  NT1206: {
    severity: 'error',
    exit: 1,
    message: '{place} cannot be `{value}`: {rule}',
    explanation: `The text does not have the form the field needs. The message says what the form is and the note shows an example.

Correct the text.`,
  },
  NT1207: {
    severity: 'error',
    exit: 1,
    message: '{place} holds {count}, {bound}',
    explanation: `The list, map or text is longer or shorter than the field allows. Bounds keep names usable in Kubernetes and every collection reviewable.

Shorten it, or split the document.`,
  },
  NT1208: {
    severity: 'error',
    exit: 1,
    message: '{place} names the same value twice',
    explanation: `Each value of this list may stand there once. A second one is usually a slip for another value.

Remove or correct it.`,
  },
  NT1209: {
    severity: 'error',
    exit: 1,
    message: 'there is no kind `{kind}`',
    explanation: `The \`kind\` of a document says which schema it follows.

Use one of the kinds the note lists, spelled exactly like that.`,
  },
  NT1210: {
    severity: 'error',
    exit: 1,
    message: '`apiVersion` must be `nova-torch.dev/v1`, found {found}',
    explanation: `The version of the language stands on every document, so that a later version can change a field without guessing.

Write \`apiVersion: nova-torch.dev/v1\`.`,
  },
  NT1211: {
    severity: 'error',
    exit: 1,
    message: 'a {kind} cannot stand in `{folder}`',
    explanation: `The place of a file decides who owns it and who must approve a change, so each kind has its place:

- \`spec/*.yaml\`: Company, Provider, ToolServer
- \`spec/environments/\`: Environment
- \`spec/providers/\`: Provider
- \`spec/tools/\`: ToolServer
- \`spec/teams/<team>/\`: Team, Fleet, Route, Provider, ToolServer, Schedule, Patch

Move the document.`,
  },
  NT1212: {
    severity: 'error',
    exit: 1,
    message: '{kind} `{name}` is defined twice',
    explanation: `A name is an identity: objects, volumes and routes derive from it. Two documents of one kind in one team cannot share it.

Rename one of them, or remove it.`,
  },
  NT1213: {
    severity: 'error',
    exit: 1,
    message: 'the folder `{folder}` has no Team document',
    explanation: `What stands below \`spec/teams/<team>/\` belongs to that team, and the team must exist: its owners, quota and secrets are declared in a Team document in the same folder, usually \`team.yaml\`, and its name is the folder's.

Add the document, or move the file to the right folder.`,
  },
  NT1214: {
    severity: 'error',
    exit: 1,
    message: 'a document must be a map of fields, found {found}',
    explanation: `Every document has \`apiVersion\`, \`kind\`, \`metadata\` and \`spec\` at its top.

Write those four fields.`,
  },
  NT1215: {
    severity: 'error',
    exit: 3,
    message: 'a document cannot choose its team',
    explanation: `The team is the folder below \`spec/teams/\`, because the folder decides who must approve a change. A field could name somebody else's team.

Remove the field; move the file when the team is wrong.`,
  },
  NT1216: {
    severity: 'error',
    exit: 1,
    message: 'the {kind} of `{folder}` must be called `{expected}`, not `{name}`',
    explanation: `The team is named by its folder, so that ownership and name can never differ.

Rename the document, or the folder.`,
  },
  NT1217: {
    severity: 'error',
    exit: 1,
    message: '{place} has {fields}, and only one of them can stand',
    explanation: `The fields exclude each other: each gives the entry another meaning.

Keep the one you mean.`,
  },
  NT1218: {
    severity: 'error',
    exit: 1,
    message: '{place} must be from {least} to {most}, found {value}',
    explanation: `An amount of nothing, or of hundreds of years, is a slip of the hand: a timeout of \`0s\` fails every task, and one of \`99999999d\` never ends. Every duration, size, rate and share has a least and a most that make sense for what the field means; the note says why.

Write an amount between the two. \`nova-torch explain\` with the field's name, editors and the reference of the language show them.`,
  },
  NT1219: {
    severity: 'error',
    exit: 1,
    message: 'the folder `{folder}` cannot name a team',
    explanation: `A team has the name of its folder, and namespaces, labels and rights derive from it: lower-case letters, digits and single hyphens, a letter first. No name of the Team document can be right as long as the folder's is not.

Rename the folder, and the Team document with it.`,
  },
  NT1301: {
    severity: 'error',
    exit: 1,
    message: 'this looks like {what}',
    explanation: `A spec is read by many people and kept in Git for ever; a secret in it is lost. The value is not repeated here and is written nowhere.

1. Revoke the secret: it has been on a disk and perhaps in a commit.
2. Store the new one in the secrets engine.
3. Refer to it:

\`\`\`
secrets:
  API_KEY: { path: kv/team/vendor, field: api_key }
\`\`\``,
  },
  NT1401: {
    severity: 'error',
    exit: 1,
    message: 'this is not JSON: {reason}',
    explanation: `The schema file of a task type must be JSON: double quotes, no comments, no comma after the last entry.

Correct it at the place shown.`,
  },
  NT1402: {
    severity: 'error',
    exit: 1,
    message: 'this is not a JSON Schema: {reason}',
    explanation: `Schemas of task types follow JSON Schema, draft 2020-12. A keyword with a wrong value, or one that does not exist, would check nothing.

Correct the keyword at the place shown.`,
  },
  NT1403: {
    severity: 'error',
    exit: 1,
    message: '`{ref}` refers outside this file',
    explanation: `A schema is checked wherever a task is submitted, without a network. So every \`$ref\` must point into its own file: \`#/$defs/name\`.

Copy the part you need below \`$defs\`.`,
  },
  NT1404: {
    severity: 'error',
    exit: 1,
    message: '`{ref}` leads to no schema of this file',
    explanation: `The \`$ref\` names a part that this file does not have, or one that is no schema, such as an example.

Add it below \`$defs\`, or correct the name.`,
  },
  NT1405: {
    severity: 'error',
    exit: 1,
    message: 'a schema cannot use the pattern `{pattern}`: {reason}',
    explanation: `Patterns are run on every task, and some take exponential time on a hostile text. Patterns must be valid, at most 256 characters, and without a repeated group that itself repeats, look-around or back references. The scheduler runs them in an engine whose time grows with the text alone: it counts no more than 1000 repetitions, and of the properties of characters it knows the general categories, such as \`\\p{L}\`.

Write a simpler pattern, or bound the length with \`maxLength\`.`,
  },
  NT1406: {
    severity: 'error',
    exit: 1,
    message: '`{ref}` leads {where}, with the same value each time',
    explanation: `A validator follows a \`$ref\` for the value it looks at. When it comes back to where it was and still looks at the same value, it never ends: every task of this type would stop the scheduler. The same goes for a chain of more than 64 references.

A schema may refer to itself below \`properties\` or \`items\`, as a tree does whose branches are trees: there the value is a smaller one each time. Put the keyword there, or write out what the reference should say.`,
  },
});
