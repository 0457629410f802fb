// The original contract with Go's gorilla/websocket: greets, watches the clock for three seconds, and asks for a number.
//
// Run it in a folder with a go.mod: go mod init contract; go get github.com/gorilla/websocket;
// go run . ws://localhost:8000/ws
package main

import (
	"encoding/json"
	"fmt"
	"log"
	"os"
	"strings"

	"github.com/gorilla/websocket"
)

type message struct {
	Type    string          `json:"type"`
	Message string          `json:"message"`
	Time    string          `json:"time"`
	Input   int             `json:"input"`
	Result  json.RawMessage `json:"result"` // above F(78) a text of digits, which no float64 would hold
}

func main() {
	url := "ws://localhost:8000/ws"
	if len(os.Args) > 1 {
		url = os.Args[1]
	}
	ws, _, err := websocket.DefaultDialer.Dial(url, nil)
	if err != nil {
		log.Fatal(err)
	}
	defer ws.Close()
	if err := ws.WriteJSON(map[string]any{"type": "fibonacci", "input": 100}); err != nil {
		log.Fatal(err)
	}
	for seconds := 0; seconds < 3; {
		var m message
		if err := ws.ReadJSON(&m); err != nil {
			log.Fatal(err) // a *websocket.CloseError has the close code: 1012 means that the server restarts
		}
		switch m.Type {
		case "welcome":
			fmt.Println(m.Message)
		case "time":
			fmt.Println(m.Time)
			seconds++
		case "fibonacci":
			fmt.Printf("F(%d) = %s\n", m.Input, strings.Trim(string(m.Result), `"`))
		case "error":
			fmt.Println("error:", m.Message)
		}
	}
	ws.WriteMessage(websocket.CloseMessage, websocket.FormatCloseMessage(websocket.CloseNormalClosure, ""))
}
