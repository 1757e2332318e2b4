// What mqtt.js gets from the gateway over WebSocket. Run by MqttJsClientTests:
//
//     client.js flow   URL VERSION QOS DEVICE   200 messages from a device to a subscriber, in order
//     client.js will   URL VERSION QOS DEVICE   a device that is cut off leaves its Will
//     client.js large  URL VERSION QOS DEVICE   a message of 300 kB over many frames, there and back
//
// VERSION is 4 (3.1.1) or 5. Exit code 0 and one line "ok ..." when everything is as it must be.
'use strict'
const mqtt = require('mqtt')

const MESSAGES = 200
const [scenario, url, version, qosText, device] = process.argv.slice(2)
const qos = Number(qosText)
const topic = `city/v1/flood/${device}/telemetry`

function fail (reason) {
  console.error(reason)
  process.exit(1)
}

async function connect (clientId, more = {}) {
  return mqtt.connectAsync(url, { clientId, protocolVersion: Number(version), reconnectPeriod: 0, connectTimeout: 20000, ...more })
}

function collect (client, count) {
  return new Promise((resolve) => {
    const received = []
    client.on('message', (from, payload) => {
      received.push({ topic: from, text: payload.toString() })
      if (received.length === count) resolve(received)
    })
  })
}

const scenarios = {
  async flow () {
    const watcher = await connect(`watcher-${device}`)
    const granted = await watcher.subscribeAsync(topic, { qos })
    if (granted[0].qos !== qos) fail(`granted ${granted[0].qos}`)
    const all = collect(watcher, MESSAGES)
    const sensor = await connect(device)
    for (let i = 0; i < MESSAGES; i++) {
      sensor.publish(topic, JSON.stringify({ ts: 1769504400000 + i * 1000, seq: i, water_level: 0.25, rainfall: 0, battery: 88 }), { qos })
    }
    const seqs = (await all).map((m) => JSON.parse(m.text).seq)
    if (seqs.some((seq, i) => seq !== i)) fail(`out of order: ${seqs}`)
    await sensor.endAsync()
    await watcher.endAsync()
    return `${MESSAGES} messages`
  },
  async will () {
    const status = `city/v1/flood/${device}/status`
    const watcher = await connect(`watcher-${device}`)
    await watcher.subscribeAsync(status, { qos })
    const one = collect(watcher, 1)
    const sensor = await connect(device, { will: { topic: status, payload: 'offline', qos, retain: true } })
    sensor.on('error', () => {})
    sensor.stream.destroy()
    const [message] = await one
    if (message.text !== 'offline') fail(`the Will is ${message.text}`)
    await watcher.endAsync()
    return 'the Will'
  },
  async large () {
    const watcher = await connect(`watcher-${device}`)
    await watcher.subscribeAsync(`${device}/large`, { qos })
    const one = collect(watcher, 1)
    const text = 'x'.repeat(300000)
    await watcher.publishAsync(`${device}/large`, text, { qos })
    const [message] = await one
    if (message.text !== text) fail(`${message.text.length} bytes came back`)
    await watcher.endAsync()
    return `${text.length} bytes`
  }
}

setTimeout(() => fail('not done within 60 s'), 60000).unref()
scenarios[scenario]().then((what) => {
  console.log(`ok ${what}`)
  process.exit(0)
}, (error) => fail(error.stack))
