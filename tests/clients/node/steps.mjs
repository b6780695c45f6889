// Deploys, starts, searches, completes and works a job with the official Node client; prints one line of JSON.
import { readFileSync } from 'node:fs'
import { Camunda8 } from '@camunda8/sdk'

const camunda = new Camunda8()
const client = camunda.getCamundaRestClient()
const told = {}

told.brokers = (await client.getTopology()).brokers.length
const diagram = readFileSync(process.env.DIAGRAM, 'utf8')
const deployed = await client.deployResources([{ content: diagram, name: 'parcel.bpmn' }])
told.processes = deployed.processes.map((one) => one.processDefinitionId)

const started = await client.createProcessInstance({
  processDefinitionId: 'parcel',
  variables: { parcel: process.env.PARCEL },
})
const matter = started.processInstanceKey

await new Promise((resolve, reject) => {
  const timer = setTimeout(() => reject(new Error('no job came')), 60_000)
  const worker = client.createJobWorker({
    type: 'pack_parcel',
    timeout: 30_000,
    maxJobsToActivate: 5,
    worker: 'node',
    jobHandler: async (job) => {
      const done = await job.complete({ weight: 1.5 })
      if (job.processInstanceKey === matter) {
        told.size = job.customHeaders.size
        clearTimeout(timer)
        resolve()
      }
      return done
    },
  })
  told.stop = () => worker.stop()
})
told.stop()
delete told.stop

await client.correlateMessage({ name: 'parcel_handed_over', correlationKey: process.env.PARCEL, variables: {} })
const tasks = await client.searchUserTasks({ filter: { processInstanceKey: matter, state: 'CREATED' } })
told.tasks = tasks.items.map((task) => task.elementId)
const buyer = new Camunda8({ CAMUNDA_BASIC_AUTH_USERNAME: 'U06' }).getCamundaRestClient()
await buyer.assignUserTask({ userTaskKey: tasks.items[0].userTaskKey, assignee: 'U06' })
await buyer.completeUserTask({ userTaskKey: tasks.items[0].userTaskKey, variables: {} })
const found = await client.searchProcessInstances({ filter: { processInstanceKey: matter } })
told.state = found.items[0].state
console.log(JSON.stringify(told))
process.exit(0)
