import { assert, assertEquals, assertMatch } from "@std/assert"
import * as Effect from "effect/Effect"
import { liveTest } from "../kit/effect.ts"
import { temporaryFolder } from "../kit/gateway.ts"
import * as Process from "../kit/process.ts"

/** What a program with the start task's permissions may do, asked of Deno itself. */
const program = `
const may = (descriptor) => Deno.permissions.querySync(descriptor).state === "granted"
const [data, other] = Deno.args
console.log(JSON.stringify({
  readData: may({ name: "read", path: data }),
  writeData: may({ name: "write", path: data + "/keys.json" }),
  readConfig: may({ name: "read", path: "penstock.yaml" }),
  writeConfig: may({ name: "write", path: "penstock.yaml" }),
  readOther: may({ name: "read", path: other }),
  writeOther: may({ name: "write", path: other }),
  readAll: may({ name: "read" }),
  writeAll: may({ name: "write" }),
  run: may({ name: "run" }),
  ffi: may({ name: "ffi" }),
  sys: may({ name: "sys" }),
  allEnv: may({ name: "env" }),
  home: may({ name: "env", variable: "HOME" }),
  key: may({ name: "env", variable: "OPENAI_API_KEY" }),
  net: may({ name: "net" }),
  metadata: may({ name: "net", host: "169.254.169.254:80" })
}))
`

liveTest(
  "the process may touch its own folder and settings, and nothing else",
  () =>
    Effect.gen(function* () {
      const folder = yield* temporaryFolder
      const data = `${folder}/mine`
      Deno.writeTextFileSync(`${folder}/program.js`, program)
      const env = { PENSTOCK_DATA_DIR: data }
      const asked = yield* Process.spawn(
        Deno.execPath(),
        ["run", ...Process.startFlags(env), `${folder}/program.js`, data, "/etc/passwd"],
        folder,
        env
      )
      assertEquals(yield* asked.exited, 0, asked.stderr())
      assertEquals(JSON.parse(asked.stdout()), {
        readData: true,
        writeData: true,
        readConfig: true,
        writeConfig: false,
        readOther: false,
        writeOther: false,
        readAll: false,
        writeAll: false,
        run: false,
        ffi: false,
        sys: false,
        allEnv: false,
        home: false,
        key: true,
        net: true,
        metadata: false
      })
    })
)

liveTest(
  "a data folder of the operator's choice is used, and no other is made",
  () =>
    Effect.gen(function* () {
      const folder = yield* temporaryFolder
      const env = { PENSTOCK_DATA_DIR: `${folder}/deep/mine` }
      const process = yield* Process.launch({ folder, env })
      yield* process.url
      assertEquals(Array.from(Deno.readDirSync(folder), ({ name }) => name), ["deep"])
      assert(Deno.statSync(`${folder}/deep/mine/keys.json`).isFile)
    })
)

liveTest(
  "a data folder that cannot be written stops the start and says what to do",
  () =>
    Effect.gen(function* () {
      const folder = yield* temporaryFolder
      Deno.writeTextFileSync(`${folder}/data`, "a file where a folder should be")
      const process = yield* Process.launch({ folder })
      assertEquals(yield* process.exited, 1)
      assertMatch(process.stderr(), /data.*PENSTOCK_DATA_DIR/s)
      assertEquals(/\n\s+at /.test(process.stderr()), false, process.stderr())
      assertEquals(Deno.readTextFileSync(`${folder}/data`), "a file where a folder should be")
    })
)
