# Ruby's faye-websocket: faye_client.rb BASE, such as ws://127.0.0.1:8000/. Prints what it sees, as clients.ts describes.
require 'eventmachine'
require 'faye/websocket'
require 'json'

BASE = ARGV[0]
MIB = 1024 * 1024
$stdout.sync = true

def say(did, **seen)
  puts JSON.generate(did: did, **seen)
end

# A connection whose messages and end are taken one by one, within a fiber.
class Client
  attr_reader :socket

  def initialize(path)
    @events = []
    @socket = Faye::WebSocket::Client.new("#{BASE}#{path}", nil, max_length: 2 * MIB)
    @socket.on(:open) { add(:open) }
    @socket.on(:message) { |event| add(event.data) }
    @socket.on(:close) { |event| add(event.code) }
  end

  def add(event)
    @events << event
    fiber, @fiber = @fiber, nil
    fiber&.resume
  end

  # :open, a message (bytes come as an array), or the code of the end.
  def next
    while @events.empty?
      @fiber = Fiber.current
      Fiber.yield
    end
    @events.shift
  end

  def message
    JSON.parse(self.next)
  end

  def after_times
    loop do
      each = message
      return each if each['type'] != 'time'
    end
  end

  def answer_to(input)
    @socket.send(JSON.generate(type: 'fibonacci', input: input))
    answer = after_times
    raise "not the answer to #{input}: #{answer}" unless answer['type'] == 'fibonacci' && answer['input'] == input

    answer['result']
  end

  def close_code
    loop do
      event = self.next
      return event if event.is_a?(Integer)
    end
  end
end

def contract
  client = Client.new('ws')
  client.next
  welcome = client.message
  times = [client.message['time'], client.message['time']]
  client.socket.send('nonsense')
  error = client.after_times['code']
  results = [10, 78, 100].map { |input| client.answer_to(input) }
  say('contract', welcome: welcome, times: times, error: error, results: results)
  say('large', result: client.answer_to(100_000))
  client.socket.close(1000)
  say('close', code: client.close_code)
end

def echo
  client = Client.new('echo')
  client.next
  text = 'é' * (MIB / 2)
  client.socket.send(text)
  same_text = client.next == text
  bytes = (0..255).to_a * (MIB / 256)
  client.socket.send(bytes)
  say('echo', text: same_text, binary: client.next == bytes)
  client.socket.send([0] * (MIB + 1))
  say('too long', code: client.close_code)
  say('bad text', code: nil) # it encodes texts itself
end

def online
  loop do
    client = Client.new('ws')
    if client.next == :open
      say('online', id: client.message['client_id'])
      return client
    end
    fiber = Fiber.current
    EM.add_timer(0.1) { fiber.resume }
    Fiber.yield
  end
end

EM.run do
  Fiber.new do
    say('start', client: "faye-websocket #{Gem::Specification.find_by_name('faye-websocket').version}")
    contract
    echo
    2.times { say('lost', code: online.close_code) }
    client = online
    client.socket.close(1000)
    client.close_code
    EM.stop
  end.resume
end
