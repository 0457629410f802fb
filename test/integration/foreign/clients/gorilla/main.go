// Go's gorilla/websocket: gorilla BASE, such as ws://127.0.0.1:8000/. Prints what it sees, as clients.ts describes.
package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"runtime"
	"strings"
	"time"

	"github.com/gorilla/websocket"
)

const mib = 1024 * 1024

type seen map[string]interface{}

type message struct {
	Type   string          `json:"type"`
	Time   string          `json:"time"`
	ID     string          `json:"client_id"`
	Input  int             `json:"input"`
	Result json.RawMessage `json:"result"`
	Code   string          `json:"code"`
}

func say(did string, more seen) {
	more["did"] = did
	line, err := json.Marshal(more)
	must(err)
	fmt.Println(string(line))
}

func must(err error) {
	if err != nil {
		panic(err)
	}
}

func connect(path string) *websocket.Conn {
	ws, _, err := websocket.DefaultDialer.Dial(os.Args[1]+path, nil)
	must(err)
	return ws
}

func connectAgain() *websocket.Conn {
	for {
		ws, _, err := websocket.DefaultDialer.Dial(os.Args[1]+"ws", nil)
		if err == nil {
			return ws
		}
		time.Sleep(100 * time.Millisecond)
	}
}

func read(ws *websocket.Conn) (m message, text []byte) {
	_, text, err := ws.ReadMessage()
	must(err)
	must(json.Unmarshal(text, &m))
	return m, text
}

// afterTimes returns the next message that is not the time.
func afterTimes(ws *websocket.Conn) message {
	for {
		if m, _ := read(ws); m.Type != "time" {
			return m
		}
	}
}

func answerTo(ws *websocket.Conn, n int) json.RawMessage {
	must(ws.WriteJSON(seen{"type": "fibonacci", "input": n}))
	m := afterTimes(ws)
	if m.Type != "fibonacci" || m.Input != n {
		panic(fmt.Sprintf("not the answer to %d: %v", n, m))
	}
	return m.Result
}

// closeCode reads up to the end, and returns the code that the program is given.
func closeCode(ws *websocket.Conn) seen {
	for {
		if _, _, err := ws.ReadMessage(); err != nil {
			if closed, ok := err.(*websocket.CloseError); ok {
				return seen{"code": closed.Code}
			}
			return seen{"code": nil, "error": err.Error()}
		}
	}
}

func contract() {
	ws := connect("ws")
	_, welcome := read(ws)
	var times []string
	for len(times) < 2 {
		m, _ := read(ws)
		times = append(times, m.Time)
	}
	must(ws.WriteMessage(websocket.TextMessage, []byte("nonsense")))
	problem := afterTimes(ws)
	results := []json.RawMessage{answerTo(ws, 10), answerTo(ws, 78), answerTo(ws, 100)}
	say("contract", seen{"welcome": json.RawMessage(welcome), "times": times, "error": problem.Code, "results": results})
	say("large", seen{"result": answerTo(ws, 100_000)})
	must(ws.WriteMessage(websocket.CloseMessage, websocket.FormatCloseMessage(1000, "")))
	say("close", closeCode(ws))
}

func comesBack(ws *websocket.Conn, kind int, payload []byte) bool {
	must(ws.WriteMessage(kind, payload))
	gotKind, got, err := ws.ReadMessage()
	must(err)
	return gotKind == kind && bytes.Equal(got, payload)
}

func echo() {
	ws := connect("echo")
	text := comesBack(ws, websocket.TextMessage, []byte(strings.Repeat("é", mib/2)))
	binary := comesBack(ws, websocket.BinaryMessage, bytes.Repeat([]byte{0, 1, 254, 255}, mib/4))
	say("echo", seen{"text": text, "binary": binary})
	_ = ws.WriteMessage(websocket.BinaryMessage, make([]byte, mib+1)) // the server may close before it has all
	say("too long", closeCode(ws))
	ws = connect("echo")
	must(ws.WriteMessage(websocket.TextMessage, []byte("caf\xe9")))
	say("bad text", closeCode(ws))
}

func restarts() {
	for i := 0; i < 2; i++ {
		ws := connectAgain()
		welcome, _ := read(ws)
		say("online", seen{"id": welcome.ID})
		say("lost", closeCode(ws))
	}
	ws := connectAgain()
	welcome, _ := read(ws)
	say("online", seen{"id": welcome.ID})
	must(ws.Close())
}

func main() {
	say("start", seen{"client": "gorilla/websocket, " + strings.Replace(runtime.Version(), "go", "Go ", 1)})
	contract()
	echo()
	restarts()
}
